{%- set is_matched = 'control_customers > 0' -%}
with channels as (
    select distinct channel
    from {{ ref('int_service_counts') }}
),

sales as (
    select
        {{ period_start('month', 'order_date') }} as month_start,
        count(*) as orders
    from {{ ref('int_valid_orders') }}
    group by {{ period_start('month', 'order_date') }}
),

-- the control's rate where it stands as those who asked stand
repeats as (
    select
        month_start,
        {{ share_of('sum(treated_repeated)', 'sum(treated_customers)') }} as repeat_rate,
        sum(treated_repeated) filter (where {{ is_matched }})
        / nullif(cast(sum(treated_customers) filter (where {{ is_matched }}) as double), 0) as matched_rate,
        {{ stable_sum(
            'treated_customers * (control_repeated / nullif(cast(control_customers as double), 0))', is_matched
        ) }}
        / nullif(cast(sum(treated_customers) filter (where {{ is_matched }}) as double), 0) as control_rate
    from {{ ref('int_repeat_cells') }}
    group by month_start
),

service_quality as (
    select
        months.month_start,
        channels.channel,
        {%- for count in ['tickets', 'people', 'complaints', 'proactive_tickets', 'resolved_tickets'] %}
        coalesce(counts.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        counts.median_first_response_minutes,
        counts.p90_first_response_minutes,
        counts.median_resolution_hours,
        counts.satisfaction_mean,
        coalesce(counts.satisfaction_answers, 0) as satisfaction_answers,
        case
            when channels.channel = 'all'
                then {{ share_of('coalesce(counts.tickets - counts.proactive_tickets, 0)', 'sales.orders') }}
        end as contacts_per_order,
        case when channels.channel = 'all' then repeats.repeat_rate end as repeat_rate_90d,
        case when channels.channel = 'all' then round(repeats.control_rate, 9) end as control_repeat_rate_90d,
        case
            when channels.channel = 'all' then round(repeats.matched_rate - repeats.control_rate, 9)
        end as repeat_difference,
        months.is_mature
    from {{ ref('int_service_months') }} as months
    cross join channels
    left join {{ ref('int_service_counts') }} as counts
        on
            months.month_start = counts.month_start
            and channels.channel = counts.channel
    left join sales
        on months.month_start = sales.month_start
    left join repeats
        on months.month_start = repeats.month_start
)

select * from service_quality
