{#- The refunds that break no rule by themselves, each with its order and the rate at which it is converted, as a relation
    to select from: row_id, order_row_id (of the accepted order), order_date, rate (null where none is known).

    A refund reuses the rate of its order's date: that of its own currency, by default its order's. -#}
{% macro refund_rates() -%}
(
    select
        refunds.row_id,
        orders.row_id as order_row_id,
        orders.order_date,
        case
            when refunds.currency is null then coalesce(orders.rate, 1)
            when refunds.currency <> reporting.currency then rates.rate
            else 1
        end as rate
    from {{ ref('base_refunds') }} as refunds
    cross join {{ ref('reporting_currency') }} as reporting
    left join {{ ref('stg_orders') }} as orders
        on
            refunds.source = orders.source
            and refunds.order_id = orders.order_id
    left join {{ ref('needed_fx_rates') }} as rates
        on
            refunds.source = rates.source
            and refunds.currency = rates.currency
            and coalesce(orders.order_date, refunds.refund_date) = rates.business_date
    where refunds.reject_reason is null
)
{%- endmacro %}
