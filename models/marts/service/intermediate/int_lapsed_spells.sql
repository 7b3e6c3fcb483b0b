-- a customer lapses between two order days, or after the last
with int_lapsed_spells as (
    select
        spells.customer_number,
        spells.started_on,
        coalesce(spells.ended_on, date '9999-12-31') as ended_on,
        days.order_date as last_order_date
    from {{ ref('lifecycle_spells') }} as spells
    inner join {{ ref('int_order_days') }} as days
        on
            spells.customer_number = days.customer_number
            and spells.started_on > days.order_date
            and spells.started_on < coalesce(days.next_order_date, date '9999-12-31')
    where spells.stage = 'lapsed'
)

select * from int_lapsed_spells
