with accepted as (
    {{ accepted_rows('orders') | indent(4) | trim }}
),

stg_orders as (
    select
        accepted.*,
        coalesce(rates.rate, 1) as rate
    from accepted
    left join {{ ref('needed_fx_rates') }} as rates
        on
            accepted.source = rates.source
            and accepted.currency = rates.currency
            and accepted.order_date = rates.business_date
)

select * from stg_orders
