with refunds as (
    select
        order_number,
        sum(amount) as refund_amount
    from {{ ref('int_refunds') }}
    where not is_credit_note
    group by order_number
),

orders as (
    select
        staged.source || ':' || staged.order_id as order_key,
        staged.source,
        staged.order_id,
        places.order_number,
        people.customer_key,
        places.customer_number,
        staged.order_date,
        staged.ordered_at,
        staged.order_hour,
        {%- for text in [
            'status', 'channel', 'device', 'country', 'region', 'payment_method', 'coupon_code', 'referral_code'
        ] %}
        {{ published_value('order', 'staged.' ~ text) }} as {{ text }},
        {%- endfor %}
        staged.country as stated_country,
        staged.referral_code as stated_referral_code,
        places.is_valid,
        -- what is no sale as it was cancelled was one from its day until then
        case
            when not places.is_valid and not places.is_staff and (staged.is_sale or staged.is_cancelled)
                then
                    least(
                        greatest(coalesce(staged.cancelled_date, staged.order_date), staged.order_date),
                        dates.as_of
                    )
        end as reversed_date,
        places.order_sequence,
        case
            when places.customer_number is null then 'unattributed'
            when places.order_sequence = 1 and places.new_order_date is not null then 'new'
            else 'returning'
        end as order_class,
        places.is_left_censored,
        amounts.gross_amount,
        amounts.discount_amount,
        cast(case when places.is_valid then coalesce(refunds.refund_amount, 0) else 0 end as decimal(18, 4))
            as refund_amount,
        cast(
            amounts.gross_amount - amounts.discount_amount
            - case when places.is_valid then coalesce(refunds.refund_amount, 0) else 0 end as decimal(18, 4)
        ) as net_amount,
        amounts.lines,
        amounts.distinct_products,
        amounts.units,
        places.previous_order_date,
        places.next_order_date,
        places.new_order_date
    from {{ ref('int_order_sequences') }} as places
    inner join {{ ref('stg_orders') }} as staged
        on places.order_number = staged.row_id
    cross join {{ ref('int_as_of') }} as dates
    inner join {{ ref('int_order_amounts') }} as amounts
        on places.order_number = amounts.order_row_id
    left join refunds
        on places.order_number = refunds.order_number
    left join {{ ref('int_customers_keyed') }} as people
        on places.customer_number = people.customer_number
)

select * from orders
