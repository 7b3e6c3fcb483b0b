{%- call(shop) source_rows('stripe_fivetran', 'orders') -%}
    -- what was not paid has neither amount nor currency: nothing was settled, and no rate is needed
    select
        id as order_id,
        {{ in_utc('created') }} as ordered_at,
        customer_id,
        coalesce(billing_detail_email, receipt_email) as email,
        billing_detail_phone as phone,
        order_status as status,
        case when order_status = 'paid' then goods_currency end as currency,
        goods as amount,
        case
            when billing_reason = 'manual' then 'invoice'
            when paid_invoice_id is not null then 'subscription'
        end as channel,
        billing_detail_address_country as country,
        not {{ is_true("coalesce(livemode, 'true')") }} as is_test
    from {{ stripe_charges(shop) }} as charges
{%- endcall -%}
