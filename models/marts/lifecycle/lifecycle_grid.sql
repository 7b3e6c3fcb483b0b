with bands as (
    select
        dimension,
        band,
        min_value,
        coalesce(lead(min_value) over (partition by dimension order by min_value), 1000000000) as next_value
    from {{ ref('lifecycle_bands') }}
),

customers as (
    select
        {{ days_from('customers.last_order_date', 'dates.as_of') }} as recency_days,
        customers.order_days,
        count(*) as customers,
        sum(customers.net_amount) as net_amount
    from {{ ref('customers') }} as customers
    cross join {{ ref('as_of') }} as dates
    where customers.orders > 0
    group by
        {{ days_from('customers.last_order_date', 'dates.as_of') }},
        customers.order_days
),

cells as (
    select
        recency.band as recency_band,
        frequency.band as frequency_band,
        coalesce(sum(customers.customers), 0) as customers,
        coalesce(sum(customers.net_amount), 0) as net_amount
    from bands as recency
    inner join bands as frequency
        on
            recency.dimension = 'recency'
            and frequency.dimension = 'frequency'
    left join customers
        on
            recency.min_value <= customers.recency_days
            and recency.next_value > customers.recency_days
            and frequency.min_value <= customers.order_days
            and frequency.next_value > customers.order_days
    group by
        recency.band,
        frequency.band
),

lifecycle_grid as (
    select
        recency_band,
        frequency_band,
        cast(customers as bigint) as customers,
        cast(net_amount as decimal(18, 4)) as net_amount,
        {{ share_of('customers', 'sum(customers) over ()') }} as share
    from cells
)

select * from lifecycle_grid
