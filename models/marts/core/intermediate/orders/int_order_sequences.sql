with people as (
    select
        keyed.customer_number,
        keyed.customer_key,
        attributes.is_staff,
        attributes.known_first_order_date,
        attributes.lifetime_orders
    from {{ ref('int_customers_keyed') }} as keyed
    left join {{ ref('int_customer_attributes') }} as attributes
        on keyed.customer_key = attributes.customer_key
),

-- a sale by what the order says, not cancelled so far, not of staff
judged as (
    select
        staged.row_id as order_number,
        staged.source,
        staged.order_id,
        people.customer_number,
        staged.ordered_at,
        staged.order_date,
        people.known_first_order_date,
        people.lifetime_orders,
        coalesce(people.is_staff, false) as is_staff,
        staged.is_sale
        and coalesce(staged.cancelled_date > dates.as_of, true)
        and not coalesce(people.is_staff, false) as is_valid
    from {{ ref('stg_orders') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on staged.order_date <= dates.as_of
    left join {{ ref('int_order_customers') }} as whose
        on staged.row_id = whose.order_row_id
    left join people
        on whose.customer_key = people.customer_key
),

-- the orders of those whose number the shop gives: it gives today's, so those after as_of count, too
delivered as (
    select customer_number
    from judged
    where lifetime_orders is not null
    union all
    select people.customer_number
    from {{ ref('stg_orders') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on staged.order_date > dates.as_of
    inner join {{ ref('int_order_customers') }} as whose
        on staged.row_id = whose.order_row_id
    inner join people
        on whose.customer_key = people.customer_key
),

delivered_orders as (
    select
        customer_number,
        count(*) as orders
    from delivered
    group by customer_number
),

-- a total order without ties: business date, time, order id, and of two shops' equal ids the shop's name
sequences as (
    select
        judged.order_number,
        cast(row_number() over customer_orders as bigint) as order_sequence,
        lag(judged.order_date) over customer_orders as previous_order_date,
        lead(judged.order_date) over customer_orders as next_order_date,
        first_value(judged.order_date) over customer_orders as first_order_date,
        -- the shop knows of an order before the data
        coalesce(judged.lifetime_orders > delivered_orders.orders, false)
        or coalesce(
            judged.known_first_order_date < first_value(judged.order_date) over customer_orders, false
        ) as is_known_earlier
    from judged
    left join delivered_orders
        on judged.customer_number = delivered_orders.customer_number
    where
        judged.is_valid
        and judged.customer_number is not null
    window customer_orders as (
        partition by judged.customer_number
        order by
            judged.order_date, judged.ordered_at,
            {{ id_order('judged.order_id') }}, judged.order_id, judged.source
    )
),

int_order_sequences as (
    select
        judged.order_number,
        judged.customer_number,
        judged.is_staff,
        judged.is_valid,
        sequences.order_sequence,
        sequences.previous_order_date,
        sequences.next_order_date,
        case when not sequences.is_known_earlier then sequences.first_order_date end as new_order_date,
        coalesce(
            judged.known_first_order_date is null and judged.lifetime_orders is null
            and sequences.first_order_date < {{ add_to_date('day', 365, 'dates.history_start') }},
            false
        ) as is_left_censored
    from judged
    cross join {{ ref('int_as_of') }} as dates
    left join sequences
        on judged.order_number = sequences.order_number
)

select * from int_order_sequences
