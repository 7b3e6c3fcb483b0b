-- From the first month in which anything was sold or spent.
with bounds as (
    select
        min(starts.month_start) as first_month,
        max(dates.as_of) as as_of
    from (
        select period_start as month_start
        from {{ ref('int_periods') }}
        where period_grain = 'month'
        union all
        select month_start
        from {{ ref('int_spend_months') }}
    ) as starts
    cross join {{ ref('as_of') }} as dates
),

months as (
    select
        {{ period_start('month', 'days.day') }} as month_start,
        max(bounds.as_of) as as_of
    from bounds
    cross join {{ days_between('bounds.first_month', 'bounds.as_of') }}
    group by {{ period_start('month', 'days.day') }}
),

channels as (
    select 'all' as channel
    union
    select channel
    from {{ ref('int_spend_months') }}
    union
    select channel
    from {{ ref('int_buyer_months') }}
),

cells as (
    select
        months.month_start,
        channels.channel,
        spend.acquisition_amount,
        spend.retention_amount,
        spend.unassigned_amount,
        coalesce(buyers.new_customers, 0) as new_customers,
        coalesce(buyers.returning_customers, 0) as returning_customers,
        buyers.new_net_amount,
        coalesce(buyers.is_left_censored, false) as is_left_censored,
        {{ share_of('spend.acquisition_amount', 'buyers.new_customers') }} as cost_per_new_customer,
        {{ share_of('spend.retention_amount', 'buyers.returning_customers') }} as cost_per_returning_customer,
        -- before, not all of them have had a year
        case
            when {{ add_to_date('day', 363, add_to_date('month', 1, 'months.month_start')) }} <= months.as_of
                then {{ share_of('buyers.net_amount_365d', 'buyers.new_customers') }}
        end as mean_net_365d
    from months
    cross join channels
    left join {{ ref('int_spend_months') }} as spend
        on
            months.month_start = spend.month_start
            and channels.channel = spend.channel
    left join {{ ref('int_buyer_months') }} as buyers
        on
            months.month_start = buyers.month_start
            and channels.channel = buyers.channel
),

acquisition_costs as (
    select
        month_start,
        channel,
        {%- for amount in ['acquisition_amount', 'retention_amount', 'unassigned_amount'] %}
        cast(coalesce({{ amount }}, 0) as decimal(18, 4)) as {{ amount }},
        {%- endfor %}
        new_customers,
        returning_customers,
        cost_per_new_customer,
        cost_per_returning_customer,
        cast(coalesce(new_net_amount, 0) as decimal(18, 4)) as new_net_amount,
        mean_net_365d,
        {{ share_of('mean_net_365d', 'cost_per_new_customer') }} as net_to_cost,
        is_left_censored
    from cells
)

select * from acquisition_costs
