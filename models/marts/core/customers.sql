with accounts as (
    select
        customer_key,
        count(distinct account_key) as customer_ids
    from {{ ref('int_accounts') }}
    group by customer_key
),

orders as (
    select
        customer_number,
        min_by(ordered_at, order_sequence) as first_order_at,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(distinct order_date) as order_days,
        count(*) as orders,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(refund_amount) as refund_amount,
        bool_or(is_left_censored) as is_left_censored,
        -- an earlier first order is known, of which the data know nothing
        max(new_order_date) is null as is_known_earlier
    from {{ ref('orders') }}
    where
        is_valid
        and customer_number is not null
    group by customer_number
),

credit_notes as (
    select
        customer_number,
        sum(amount) as credit_note_amount
    from {{ ref('refunds') }}
    where
        is_credit_note
        and is_valid
        and customer_number is not null
    group by customer_number
),

customers as (
    select
        people.customer_key,
        people.customer_number,
        coalesce(accounts.customer_ids, 0) as customer_ids,
        coalesce(attributes.is_staff, false) as is_staff,
        attributes.created_date,
        attributes.known_first_order_date,
        orders.first_order_at,
        orders.first_order_date,
        orders.last_order_date,
        coalesce(orders.order_days, 0) as order_days,
        coalesce(orders.orders, 0) as orders,
        cast(coalesce(orders.gross_amount, 0) as decimal(18, 4)) as gross_amount,
        cast(coalesce(orders.discount_amount, 0) as decimal(18, 4)) as discount_amount,
        cast(coalesce(orders.refund_amount, 0) as decimal(18, 4)) as refund_amount,
        cast(coalesce(credit_notes.credit_note_amount, 0) as decimal(18, 4)) as credit_note_amount,
        cast(
            coalesce(orders.gross_amount - orders.discount_amount - orders.refund_amount, 0)
            - coalesce(credit_notes.credit_note_amount, 0) as decimal(18, 4)
        ) as net_amount,
        coalesce(orders.is_left_censored, false) as is_left_censored,
        coalesce(orders.is_known_earlier, false) as is_known_earlier,
        {{ published_value('customer', 'countries.country') }} as country,
        {%- for text in [
            'region', 'city', 'acquisition_channel', 'household_size', 'income_band', 'age_band', 'gender', 'customer_type', 'lock_in'
        ] %}
        {{ published_value('customer', 'attributes.' ~ text) }} as {{ text }},
        {%- endfor %}
        attributes.loyalty_joined_date,
        attributes.birth_date,
        countries.country as stated_country,
        attributes.household_size as stated_household_size
    from {{ ref('int_customers_keyed') }} as people
    left join accounts
        on people.customer_key = accounts.customer_key
    left join {{ ref('int_customer_attributes') }} as attributes
        on people.customer_key = attributes.customer_key
    left join {{ ref('int_customer_countries') }} as countries
        on people.customer_number = countries.customer_number
    left join orders
        on people.customer_number = orders.customer_number
    left join credit_notes
        on people.customer_number = credit_notes.customer_number
)

select * from customers
