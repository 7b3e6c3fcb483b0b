with dates as (
    select distinct scored_on
    from {{ ref('int_scored_customers') }}
),

held as (
    select
        dates.scored_on,
        products.customer_number,
        nullif(count(*) filter (where products.held_from <= dates.scored_on), 0) as products,
        bool_or(products.held_from > dates.scored_on) as has_bought_new
    from {{ ref('int_held_products') }} as products
    cross join dates
    group by
        dates.scored_on,
        products.customer_number
),

visits as (
    select
        dates.scored_on,
        sessions.customer_number,
        count(*) as sessions
    from {{ ref('sessions') }} as sessions
    inner join dates
        on
            sessions.session_date > {{ add_to_date('day', -30, 'dates.scored_on') }}
            and sessions.session_date <= dates.scored_on
    where sessions.customer_number is not null
    group by
        dates.scored_on,
        sessions.customer_number
),

-- of last year's orders, whenever it came back, and what was credited in that year
returned as (
    select
        dates.scored_on,
        coalesce(sales.customer_number, refunds.customer_number) as customer_number,
        sum(refunds.amount) as amount
    from {{ ref('refunds') }} as refunds
    left join {{ ref('int_valid_orders') }} as sales
        on refunds.order_number = sales.order_number
    inner join dates
        on
            refunds.refund_date <= dates.scored_on
            and coalesce(sales.order_date, refunds.refund_date)
            > {{ add_to_date('day', -365, 'dates.scored_on') }}
    where refunds.is_valid
    group by
        dates.scored_on,
        coalesce(sales.customer_number, refunds.customer_number)
),

int_loyalty_components as (
    select
        people.scored_on,
        people.customer_number,
        people.stage,
        held.products,
        cast(people.recent_order_days as bigint) as order_days,
        greatest(
            0,
            1 - {{ days_from('people.last_order_date', 'people.scored_on') }}
            / cast(thresholds.lapsed_after_days as double)
        ) as recency,
        coalesce(visits.sessions, 0) as sessions,
        case
            when people.goods_amount > 0
                then greatest(
                    0,
                    1 - least(
                        1,
                        cast(coalesce(returned.amount, 0) as double) / cast(people.goods_amount as double)
                    ) - case when people.has_open_complaint then 0.5e0 else 0 end
                )
        end as service,
        people.has_open_complaint,
        case
            when people.is_past and shop.has_lines then coalesce(held.has_bought_new, false)
        end as has_bought_new
    from {{ ref('int_scored_customers') }} as people
    inner join {{ ref('lifecycle_thresholds') }} as thresholds
        on thresholds.purchase = case when people.order_days = 1 then 'first' else 'repeat' end
    cross join {{ ref('int_shop_lines') }} as shop
    left join held
        on
            people.scored_on = held.scored_on
            and people.customer_number = held.customer_number
    left join visits
        on
            people.scored_on = visits.scored_on
            and people.customer_number = visits.customer_number
    left join returned
        on
            people.scored_on = returned.scored_on
            and people.customer_number = returned.customer_number
)

select * from int_loyalty_components
