{%- call(shop) source_rows('stripe_payments_csv', 'orders') -%}
    -- amounts are whole units, in the currency that was settled; what was not paid has none
    select
        id as order_id,
        {{ in_utc('created_at') }} as ordered_at,
        customer_id,
        customer_email as email,
        order_status as status,
        case
            when not is_paid then null
            when converted_amount is null then currency
            else converted_currency
        end as currency,
        case when is_paid then coalesce(converted_amount, amount) end as amount,
        case when invoice_id is not null then 'subscription' end as channel,
        card_address_country as country,
        coalesce(lower(mode) = 'test', false) as is_test
    from {{ stripe_payments(shop) }} as payments
{%- endcall -%}
