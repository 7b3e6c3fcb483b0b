{%- call(shop) source_rows('complete_journey', 'orders') -%}
    -- a basket is an order; its lines hold the amounts
    select
        basket_id as order_id,
        min(transaction_timestamp) as ordered_at,
        min(household_id) as customer_id
    from {{ raw_table(shop, 'transactions') }}
    group by basket_id
{%- endcall -%}
