{%- set quality = 'coalesce(reasons.is_quality, false)' -%}
-- what came back of a month's orders, whenever it did, and what did so within 90 days
with int_product_faults as (
    select
        {{ period_start('month', 'sales.order_date') }} as month_start,
        returned.source || ':' || returned.product_id as product_key,
        sum(returned.units) as refunded_units,
        sum(returned.units) filter (where {{ quality }}) as quality_refunded_units,
        sum(returned.units) filter (
            where returned.refund_date <= {{ add_to_date('day', 90, 'sales.order_date') }}
        ) as early_units,
        sum(returned.units) filter (
            where {{ quality }} and returned.refund_date <= {{ add_to_date('day', 90, 'sales.order_date') }}
        ) as early_quality_units
    from {{ ref('int_refunded_products') }} as returned
    inner join {{ ref('int_valid_orders') }} as sales
        on returned.order_number = sales.order_number
    inner join {{ ref('refunds') }} as refunds
        on returned.refund_key = refunds.refund_key
    left join {{ ref('refund_reasons') }} as reasons
        on refunds.reason = reasons.reason
    group by
        {{ period_start('month', 'sales.order_date') }},
        returned.source || ':' || returned.product_id
)

select * from int_product_faults
