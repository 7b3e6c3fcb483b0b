-- the months shown
with months as (
    select period_start as month_start
    from {{ ref('int_periods') }}
    where period_grain = 'month'
    order by month_start desc
    limit {{ number_var('customer_share_months') }}
),

first_shown as (
    select min(month_start) as month_start
    from months
),

windows as (
    select
        windows.month_start,
        windows.customer_number,
        windows.orders,
        windows.net_amount
    from {{ ref('int_customer_windows') }} as windows
    inner join months
        on windows.month_start = months.month_start
    where windows.measure_window = 'trailing_12m'
),

ranked as (
    select
        *,
        count(customer_number) over (partition by month_start) as customers,
        sum(net_amount) over (partition by month_start) as total_net_amount,
        rank() over (
            partition by month_start, customer_number is null
            order by net_amount desc
        ) as share_rank,
        row_number() over (
            partition by month_start, customer_number is null
            order by net_amount desc, customer_number asc
        ) as position_in_month
    from windows
),

-- a product is held from the first order of it on
first_products as (
    select
        sales.customer_number,
        sales.source,
        products.product_id,
        min({{ period_start('month', 'sales.order_date') }}) as first_month
    from {{ ref('int_order_products') }} as products
    inner join {{ ref('int_valid_orders') }} as sales
        on products.order_row_id = sales.order_number
    where
        products.product_id is not null
        and products.units > 0
    group by
        sales.customer_number,
        sales.source,
        products.product_id
),

-- from the first month shown on, each month in which someone bought something new
new_products as (
    select
        coalesce(first_products.customer_number, 0) as customer_number,
        greatest(first_products.first_month, first_shown.month_start) as from_month,
        count(*) as products
    from first_products
    cross join first_shown
    group by
        coalesce(first_products.customer_number, 0),
        greatest(first_products.first_month, first_shown.month_start)
),

held_products as (
    select
        customer_number,
        from_month,
        coalesce(lead(from_month) over customer_months, date '9999-12-31') as until_month,
        sum(products) over customer_months as products_held
    from new_products
    window customer_months as (
        partition by customer_number
        order by from_month
    )
),

customer_share as (
    select
        coalesce(people.customer_key, 'unattributed') as customer_key,
        ranked.customer_number,
        ranked.month_start,
        ranked.net_amount as net_amount_12m,
        {{ share_of('ranked.net_amount', 'ranked.total_net_amount') }} as share_of_sales,
        cast(case when ranked.customer_number is not null then ranked.share_rank end as bigint) as share_rank,
        ranked.orders as orders_12m,
        cast(coalesce(held.products_held, 0) as bigint) as products_held,
        ranked.customer_number is not null
        and ranked.position_in_month <= ceil(ranked.customers / 5.0) as is_top_20_percent
    from ranked
    left join {{ ref('customers') }} as people
        on ranked.customer_number = people.customer_number
    left join held_products as held
        on
            coalesce(ranked.customer_number, 0) = held.customer_number
            and ranked.month_start >= held.from_month
            and ranked.month_start < held.until_month
)

select * from customer_share
