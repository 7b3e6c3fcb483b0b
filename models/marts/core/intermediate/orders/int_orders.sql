with refunds as (
    select
        order_row_id,
        sum(amount) as refund_amount
    from {{ ref('int_refunds') }}
    where not is_credit_note
    group by order_row_id
),

judged as (
    select
        orders.row_id as order_row_id,
        orders.source,
        orders.order_id,
        people.customer_number,
        attributes.known_first_order_date,
        orders.ordered_at,
        orders.order_date,
        {{ published_value('orders', 'orders.channel') }} as channel,
        {{ published_value('orders', 'orders.device') }} as device,
        {{ published_value('orders', 'orders.country') }} as country,
        amounts.gross_amount,
        amounts.discount_amount,
        coalesce(refunds.refund_amount, 0) as refund_amount,
        coalesce(orders.status, '') not in (
            {%- for status in var('invalid_statuses') -%}
            {{ literal(status | lower) }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        )
        and not coalesce(orders.is_test, false)
        and not coalesce(attributes.is_staff, false) as is_valid
    from {{ ref('stg_orders') }} as orders
    inner join {{ ref('int_order_amounts') }} as amounts
        on orders.row_id = amounts.order_row_id
    left join {{ ref('int_order_customers') }} as people
        on orders.row_id = people.order_row_id
    left join {{ ref('int_customer_attributes') }} as attributes
        on people.customer_number = attributes.customer_number
    left join refunds
        on orders.row_id = refunds.order_row_id
),

-- a total order without ties: time, order id, and for two shops with the same id the shop's name
sequences as (
    select
        order_row_id,
        cast(row_number() over customer_orders as bigint) as order_sequence,
        lag(order_date) over customer_orders as previous_order_date,
        lead(order_date) over customer_orders as next_order_date,
        min(order_date) over (partition by customer_number) as first_order_date
    from judged
    where
        is_valid
        and customer_number is not null
    window customer_orders as (
        partition by customer_number
        order by ordered_at, order_id, source
    )
),

int_orders as (
    select
        judged.order_row_id,
        judged.source,
        judged.customer_number,
        judged.order_date,
        judged.channel,
        judged.device,
        judged.country,
        judged.is_valid,
        sequences.order_sequence,
        sequences.previous_order_date,
        sequences.next_order_date,
        case
            when judged.customer_number is null then 'unattributed'
            when
                sequences.order_sequence = 1
                and not coalesce(judged.known_first_order_date < judged.order_date, false)
                then 'new'
            else 'returning'
        end as order_class,
        coalesce(
            judged.known_first_order_date is null
            and sequences.first_order_date < {{ add_to_date('day', 365, 'dates.history_start') }},
            false
        ) as is_left_censored,
        judged.gross_amount,
        judged.discount_amount,
        cast(case when judged.is_valid then judged.refund_amount else 0 end as decimal(18, 4))
            as refund_amount,
        cast(
            judged.gross_amount - judged.discount_amount
            - case when judged.is_valid then judged.refund_amount else 0 end as decimal(18, 4)
        ) as net_amount
    from judged
    cross join {{ ref('as_of') }} as dates
    left join sequences
        on judged.order_row_id = sequences.order_row_id
)

select * from int_orders
