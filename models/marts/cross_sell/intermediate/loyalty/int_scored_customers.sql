-- today, and the day of which it is known by now what customers did in the 90 days after it
with dates as (
    select
        as_of as scored_on,
        false as is_past
    from {{ ref('as_of') }}
    union all
    select
        {{ add_to_date('day', -90, 'as_of') }} as scored_on,
        true as is_past
    from {{ ref('as_of') }}
    where {{ add_to_date('day', -90, 'as_of') }} >= history_start
),

order_days as (
    select
        customer_number,
        order_date,
        sum(goods_amount) as goods_amount
    from {{ ref('int_valid_orders') }}
    where customer_number is not null
    group by
        customer_number,
        order_date
),

buyers as (
    select
        dates.scored_on,
        dates.is_past,
        days.customer_number,
        max(days.order_date) as last_order_date,
        count(*) as order_days,
        count(*) filter (
            where days.order_date > {{ add_to_date('day', -365, 'dates.scored_on') }}
        ) as recent_order_days,
        sum(days.goods_amount) filter (
            where days.order_date > {{ add_to_date('day', -365, 'dates.scored_on') }}
        ) as goods_amount
    from order_days as days
    inner join dates
        on days.order_date <= dates.scored_on
    group by
        dates.scored_on,
        dates.is_past,
        days.customer_number
),

stages as (
    select
        dates.scored_on,
        spells.customer_number,
        spells.stage
    from {{ ref('lifecycle_spells') }} as spells
    inner join dates
        on
            spells.started_on <= dates.scored_on
            and (spells.ended_on is null or spells.ended_on > dates.scored_on)
),

complaints as (
    select distinct
        dates.scored_on,
        tickets.customer_number
    from {{ ref('service_tickets') }} as tickets
    inner join dates
        on {{ is_open_complaint('tickets', 'dates.scored_on') }}
    where tickets.customer_number is not null
),

int_scored_customers as (
    select
        buyers.scored_on,
        buyers.is_past,
        buyers.customer_number,
        stages.stage,
        buyers.last_order_date,
        buyers.order_days,
        buyers.recent_order_days,
        buyers.goods_amount,
        complaints.customer_number is not null as has_open_complaint
    from buyers
    inner join stages
        on
            buyers.scored_on = stages.scored_on
            and buyers.customer_number = stages.customer_number
    left join complaints
        on
            buyers.scored_on = complaints.scored_on
            and buyers.customer_number = complaints.customer_number
)

select * from int_scored_customers
