with int_order_stages as (
    select
        days.customer_number,
        days.order_date,
        days.next_order_date,
        case
            when days.day_number = 1 and customers.is_known_earlier then 'active'
            when days.day_number = 1 then 'new'
            when
                {{ days_from('days.previous_order_date', 'days.order_date') }}
                > lag(thresholds.lapsed_after_days) over (
                    partition by days.customer_number
                    order by days.day_number
                )
                then 'reactivated'
            else 'active'
        end as base_stage,
        {{ add_to_date('day', 'thresholds.at_risk_after_days + 1', 'days.order_date') }} as at_risk_on,
        {{ add_to_date('day', 'thresholds.lapsed_after_days + 1', 'days.order_date') }} as lapsed_on
    from {{ ref('int_order_days') }} as days
    inner join {{ ref('lifecycle_thresholds') }} as thresholds
        on thresholds.purchase = case when days.day_number = 1 then 'first' else 'repeat' end
    left join {{ ref('customers') }} as customers
        on days.customer_number = customers.customer_number
)

select * from int_order_stages
