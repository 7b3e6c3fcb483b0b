with rated as (
    {{ rated_rows('orders', 'order_date') | indent(4) | trim }}
),

-- what a sale is, as far as the order itself tells: neither on what day one looks, nor who ordered
stg_orders as (
    select
        rated.*,
        coalesce(statuses.is_sale, rated.status not like 'cancel%', true)
        and not coalesce(rated.is_test, false) as is_sale,
        coalesce(rated.status like 'cancel%', false) and not coalesce(rated.is_test, false) as is_cancelled
    from rated
    left join {{ ref('order_statuses') }} as statuses
        on rated.status = statuses.status
)

select * from stg_orders
