with guest_customers as (
    select
        orders.order_row_id,
        coalesce(
            case when emails.is_account then emails.customer_key end,
            case when phones.is_account then phones.customer_key end,
            emails.customer_key,
            phones.customer_key
        ) as customer_key
    from {{ ref('int_guest_orders') }} as orders
    left join {{ ref('int_contact_owners') }} as emails
        on orders.email_hash = emails.contact_hash
    left join {{ ref('int_contact_owners') }} as phones
        on orders.phone_hash = phones.contact_hash
),

int_order_customers as (
    select
        orders.row_id as order_row_id,
        accounts.customer_key
    from {{ ref('stg_orders') }} as orders
    inner join {{ ref('int_accounts') }} as accounts
        on
            orders.source = accounts.source
            and orders.customer_id = accounts.customer_id
    union all
    select
        order_row_id,
        customer_key
    from guest_customers
    where customer_key is not null
)

select * from int_order_customers
