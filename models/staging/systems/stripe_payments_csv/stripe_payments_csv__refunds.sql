{%- call(shop) source_rows('stripe_payments_csv', 'refunds') -%}
    -- at the payment's rate; of a lost dispute what was not refunded before
    select
        id || '-refund' as refund_id,
        {{ in_utc('coalesce(refunded_date_utc, created_at)') }} as refunded_at,
        {{ computed_money(
            money('amount_refunded') ~ ' * rate', ['amount_refunded', 'converted_amount', 'amount']
        ) }} as amount,
        id as order_id,
        null as reason
    from {{ stripe_payments(shop) }} as payments
    where
        is_paid
        and amount_refunded is not null
        and coalesce({{ money('amount_refunded') }}, 1) <> 0
    union all
    select
        id || '-dispute' as refund_id,
        {{ in_utc('coalesce(dispute_date_utc, created_at)') }} as refunded_at,
        {{ computed_money(
            'least(' ~ money('disputed_amount') ~ ', ' ~ money('amount') ~ ' - coalesce(' ~ money('amount_refunded') ~ ', 0)) * rate',
            ['disputed_amount', 'amount_refunded', 'converted_amount', 'amount']
        ) }} as amount,
        id as order_id,
        'dispute' as reason
    from {{ stripe_payments(shop) }} as payments
    where
        is_paid
        and lower(dispute_status) = 'lost'
        and disputed_amount is not null
{%- endcall -%}
