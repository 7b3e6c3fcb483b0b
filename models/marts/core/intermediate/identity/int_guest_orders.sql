with guest_orders as (
    select
        orders.row_id as order_row_id,
        orders.source,
        {{ lower_case('orders.email') }} as email,
        {{ normal_phone('orders.phone') }} as phone
    from {{ ref('stg_orders') }} as orders
    inner join {{ ref('int_as_of') }} as dates
        on orders.order_date <= dates.as_of
    where orders.customer_id is null
),

int_guest_orders as (
    select
        order_row_id,
        source,
        {{ contact_hash("'email'", 'email') }} as email_hash,
        {{ contact_hash("'phone'", 'phone') }} as phone_hash
    from guest_orders
    where
        email is not null
        or phone is not null
)

select * from int_guest_orders
