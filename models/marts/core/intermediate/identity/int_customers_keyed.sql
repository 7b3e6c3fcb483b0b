with customer_keys as (
    select customer_key
    from {{ ref('int_accounts') }}
    union
    select customer_key
    from {{ ref('int_contact_owners') }}
),

int_customers_keyed as (
    select
        cast(row_number() over (order by customer_key) as bigint) as customer_number,
        customer_key
    from customer_keys
)

select * from int_customers_keyed
