{#- What the value models know of each customer: at as_of, and early, at the cutoff before the hold-out. -#}
with dates as (
    select
        'all' as fit,
        as_of as last_day,
        history_days
    from {{ ref('as_of') }}
    union all
    select
        'early' as fit,
        {{ add_to_date('day', '-floor(history_days / 3)', 'as_of') }} as last_day,
        cast(history_days - floor(history_days / 3) as bigint) as history_days
    from {{ ref('as_of') }}
),

int_rfm_summaries as (
    select
        dates.fit,
        days.customer_number,
        count(*) - 1 as frequency,
        {{ days_from('min(days.order_date)', 'max(days.order_date)') }} as recency_days,
        {{ days_from('min(days.order_date)', 'dates.last_day') }} as age_days,
        cast(sum(days.net_amount) filter (where days.day_number > 1) as decimal(18, 4)) as repeat_net_amount,
        dates.history_days
    from {{ ref('int_order_days') }} as days
    inner join dates
        on days.order_date <= dates.last_day
    group by
        dates.fit,
        days.customer_number,
        dates.last_day,
        dates.history_days
)

select * from int_rfm_summaries
