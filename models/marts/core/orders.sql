-- what a sale is
with judged as (
    select
        staged.row_id as order_number,
        staged.source,
        staged.order_id,
        people.customer_number,
        attributes.known_first_order_date,
        staged.ordered_at,
        staged.order_date,
        coalesce(staged.status, '') not in (
            {%- for status in var('invalid_statuses') -%}
            {{ literal(status | lower) }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        )
        and not coalesce(staged.is_test, false)
        and not coalesce(attributes.is_staff, false) as is_valid
    from {{ ref('stg_orders') }} as staged
    inner join {{ ref('int_order_amounts') }} as amounts
        on staged.row_id = amounts.order_row_id
    left join {{ ref('int_order_customers') }} as people
        on staged.row_id = people.order_row_id
    left join {{ ref('int_customer_attributes') }} as attributes
        on people.customer_number = attributes.customer_number
),

-- a total order without ties: time, order id, and for two shops with the same id the shop's name
sequences as (
    select
        order_number,
        cast(row_number() over customer_orders as bigint) as order_sequence,
        lag(order_date) over customer_orders as previous_order_date,
        lead(order_date) over customer_orders as next_order_date,
        min(order_date) over (partition by customer_number) as first_order_date,
        -- null: the shop knows of an order before it
        case
            when known_first_order_date < first_value(order_date) over customer_orders then null
            else first_value(order_date) over customer_orders
        end as new_order_date
    from judged
    where
        is_valid
        and customer_number is not null
    window customer_orders as (
        partition by customer_number
        order by ordered_at, order_id, source
    )
),

orders as (
    select
        judged.source || ':' || judged.order_id as order_key,
        judged.source,
        judged.order_id,
        judged.order_number,
        people.customer_key,
        judged.customer_number,
        judged.ordered_at,
        judged.order_date,
        {%- for text in [
            'status', 'channel', 'device', 'country', 'region', 'coupon_code', 'referral_code'
        ] %}
        {{ published_value('order', 'staged.' ~ text) }} as {{ text }},
        {%- endfor %}
        staged.referral_code as stated_referral_code,
        judged.is_valid,
        sequences.order_sequence,
        case
            when judged.customer_number is null then 'unattributed'
            when sequences.order_sequence = 1 and sequences.new_order_date is not null then 'new'
            else 'returning'
        end as order_class,
        coalesce(
            judged.known_first_order_date is null
            and sequences.first_order_date < {{ add_to_date('day', 365, 'dates.history_start') }},
            false
        ) as is_left_censored,
        amounts.gross_amount,
        amounts.discount_amount,
        cast(case when judged.is_valid then amounts.refund_amount else 0 end as decimal(18, 4))
            as refund_amount,
        cast(
            amounts.gross_amount - amounts.discount_amount
            - case when judged.is_valid then amounts.refund_amount else 0 end as decimal(18, 4)
        ) as net_amount,
        amounts.lines,
        amounts.distinct_products,
        amounts.units,
        sequences.previous_order_date,
        sequences.next_order_date,
        sequences.new_order_date
    from judged
    cross join {{ ref('as_of') }} as dates
    inner join {{ ref('stg_orders') }} as staged
        on judged.order_number = staged.row_id
    inner join {{ ref('int_order_amounts') }} as amounts
        on judged.order_number = amounts.order_row_id
    left join sequences
        on judged.order_number = sequences.order_number
    left join {{ ref('int_customers_keyed') }} as people
        on judged.customer_number = people.customer_number
)

select * from orders
