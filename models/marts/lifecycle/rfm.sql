with purchases as (
    select
        customers.customer_key,
        customers.customer_number,
        {{ days_from('customers.last_order_date', 'dates.as_of') }} as recency_days,
        customers.order_days as frequency,
        customers.net_amount as monetary
    from {{ ref('customers') }} as customers
    cross join {{ ref('as_of') }} as dates
    where customers.orders > 0
),

scores as (
    select
        customer_key,
        customer_number,
        recency_days,
        frequency,
        monetary,
        {{ score(5, '-recency_days') }} as r_score,
        {{ score(5, 'frequency') }} as f_score,
        {{ score(5, 'monetary') }} as m_score
    from purchases
),

rfm as (
    select
        scores.customer_key,
        scores.customer_number,
        scores.recency_days,
        scores.frequency,
        scores.monetary,
        scores.r_score,
        scores.f_score,
        scores.m_score,
        segments.rfm_segment
    from scores
    left join {{ ref('rfm_segments') }} as segments
        on
            scores.r_score = segments.r_score
            and scores.f_score = segments.f_score
)

select * from rfm
