with customer_months as (
    select
        customer_number,
        {{ period_start('month', 'order_date') }} as month_start,
        min({{ period_start('month', 'new_order_date') }}) as new_month,
        sum(net_amount) as net_amount
    from {{ ref('int_valid_orders') }}
    where customer_number is not null
    group by
        customer_number,
        {{ period_start('month', 'order_date') }}
),

-- what a customer bought in a month, and in the month before it
compared_months as (
    select
        customer_number,
        month_start,
        max(new_month) as new_month,
        bool_or(is_this_month) as ordered_this_month,
        bool_or(not is_this_month) as ordered_last_month,
        sum(case when is_this_month then net_amount else 0 end) as net_amount,
        sum(case when is_this_month then 0 else net_amount end) as previous_net_amount
    from (
        select
            customer_number,
            month_start,
            new_month,
            net_amount,
            true as is_this_month
        from customer_months
        union all
        select
            customer_number,
            {{ add_to_date('month', 1, 'month_start') }} as month_start,
            new_month,
            net_amount,
            false as is_this_month
        from customer_months
    ) as both_months
    group by
        customer_number,
        month_start
),

changes as (
    select
        month_start,
        net_amount,
        previous_net_amount,
        ordered_this_month and ordered_last_month as is_retained,
        net_amount - previous_net_amount as change_amount,
        case
            when net_amount = previous_net_amount then null
            when net_amount < previous_net_amount and ordered_this_month then 'contraction'
            when net_amount < previous_net_amount then 'churned'
            when new_month = month_start then 'new'
            when not ordered_last_month then 'resurrected'
            else 'expansion'
        end as change_kind
    from compared_months
),

monthly_changes as (
    select
        month_start,
        sum(net_amount) as net_amount,
        sum(previous_net_amount) as previous_net_amount,
        {%- for kind in ['new', 'resurrected', 'expansion', 'contraction', 'churned'] %}
        sum(abs(change_amount)) filter (where change_kind = {{ literal(kind) }}) as {{ kind }}_amount,
        count(*) filter (where change_kind = {{ literal(kind) }}) as {{ kind }}_customers,
        {%- endfor %}
        count(*) filter (where is_retained) as retained_customers
    from changes
    group by month_start
),

growth_accounting as (
    select
        months.period_start as month_start,
        {%- for amount in [
            'net_amount', 'previous_net_amount', 'new_amount', 'resurrected_amount', 'expansion_amount',
            'contraction_amount', 'churned_amount'
        ] %}
        cast(coalesce(changes.{{ amount }}, 0) as decimal(18, 4)) as {{ amount }},
        {%- endfor %}
        {%- for kind in ['new', 'resurrected', 'expansion', 'contraction', 'churned', 'retained'] %}
        coalesce(changes.{{ kind }}_customers, 0) as {{ kind }}_customers,
        {%- endfor %}
        {{ share_of(
            'coalesce(new_amount, 0) + coalesce(resurrected_amount, 0) + coalesce(expansion_amount, 0)',
            'coalesce(contraction_amount, 0) + coalesce(churned_amount, 0)'
        ) }} as quick_ratio,
        totals.unattributed_net_amount,
        totals.credit_note_amount,
        months.is_complete
    from {{ ref('int_periods') }} as months
    inner join {{ ref('new_customer_share') }} as totals
        on
            months.period_grain = totals.period_grain
            and months.period_start = totals.period_start
    left join monthly_changes as changes
        on months.period_start = changes.month_start
    where
        months.period_grain = 'month'
        and totals.breakdown = 'total'
)

select * from growth_accounting
