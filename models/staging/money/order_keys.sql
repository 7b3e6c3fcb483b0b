{{ config(materialized='table') }}

with order_keys as (
    select
        orders.row_id as order_row_id,
        orders.source,
        orders.order_id,
        orders.order_date,
        coalesce(rates.rate, 1) as rate
    from {{ ref('stg_orders') }} as orders
    left join {{ ref('needed_fx_rates') }} as rates
        on
            orders.source = rates.source
            and orders.currency = rates.currency
            and orders.order_date = rates.business_date
)

select * from order_keys
