-- the months shown, each with its window of twelve months
with months as (
    select
        month_start,
        window_end
    from {{ ref('int_months') }}
    order by month_start desc
    limit {{ var('customer_share_months') }}
),

windows as (
    select
        month_start,
        person_number,
        orders,
        net_amount,
        rank() over (
            partition by month_start, person_number is null
            order by net_amount desc
        ) as share_rank,
        row_number() over (
            partition by month_start, person_number is null
            order by net_amount desc, person_number asc
        ) as position_in_month,
        count(person_number) over (partition by month_start) as customers_in_month,
        sum(net_amount) over (partition by month_start) as net_amount_of_month
    from {{ ref('int_customer_windows') }}
    where
        measure_window = 'trailing_12m'
        and month_start in (select months.month_start from months)
),

-- a product is held from the first order of it on
first_products as (
    select
        sales.person_number,
        sales.source,
        products.product_id,
        min({{ period_start('month', 'sales.order_date') }}) as first_month
    from {{ ref('int_order_products') }} as products
    inner join {{ ref('int_sales') }} as sales
        on products.order_row_id = sales.order_row_id
    where
        products.product_id is not null
        and products.units > 0
    group by
        sales.person_number,
        sales.source,
        products.product_id
),

new_products as (
    select
        coalesce(person_number, 0) as person_number,
        first_month,
        count(*) as products
    from first_products
    group by
        coalesce(person_number, 0),
        first_month
),

held_products as (
    select
        new_products.person_number,
        months.month_start,
        sum(new_products.products) as products_held
    from new_products
    inner join months
        on new_products.first_month <= months.month_start
    group by
        new_products.person_number,
        months.month_start
),

customer_share as (
    select
        coalesce(people.customer_key, 'unattributed') as customer_key,
        windows.month_start,
        windows.net_amount as net_amount_12m,
        {{ share_of('windows.net_amount', 'windows.net_amount_of_month') }} as share_of_sales,
        cast(case when windows.person_number is not null then windows.share_rank end as bigint) as share_rank,
        windows.orders as orders_12m,
        cast(coalesce(held.products_held, 0) as bigint) as products_held,
        windows.person_number is not null
        and windows.position_in_month <= ceil(windows.customers_in_month / 5.0) as is_top_20_percent
    from windows
    left join {{ ref('int_people') }} as people
        on windows.person_number = people.person_number
    left join held_products as held
        on
            coalesce(windows.person_number, 0) = held.person_number
            and windows.month_start = held.month_start
)

select * from customer_share
