with customers as (
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
        bands.recency_band,
        bands.frequency_band,
        coalesce(sum(customers.customers), 0) as customers,
        coalesce(sum(customers.net_amount), 0) as net_amount
    from {{ grid_cells() }} as bands
    left join customers
        on
            {{ is_in_cell('customers', 'bands') }}
    group by
        bands.recency_band,
        bands.frequency_band
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
