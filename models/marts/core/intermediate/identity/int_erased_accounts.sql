-- Whoever was erased has no address left that would join the tombstones of one person's accounts.
with tombstones as (
    select
        source || ':' || customer_id as account_key,
        substr(customer_id, 1, 23) as person
    from {{ ref('stg_customers') }}
    union
    select
        orders.source || ':' || orders.customer_id as account_key,
        substr(orders.customer_id, 1, 23) as person
    from {{ ref('stg_orders') }} as orders
    inner join {{ ref('as_of') }} as dates
        on orders.order_date <= dates.as_of
    union
    select
        refunds.source || ':' || refunds.customer_id as account_key,
        substr(refunds.customer_id, 1, 23) as person
    from {{ ref('stg_refunds') }} as refunds
    inner join {{ ref('as_of') }} as dates
        on refunds.refund_date <= dates.as_of
    union
    select
        source || ':' || customer_id as account_key,
        substr(customer_id, 1, 23) as person
    from {{ ref('stg_identities') }}
),

people as (
    select distinct person
    from {{ ref('erasure_tombstones') }}
),

int_erased_accounts as (
    select
        tombstones.account_key,
        min(tombstones.account_key) over (partition by tombstones.person) as first_account_key
    from tombstones
    inner join people
        on tombstones.person = people.person
)

select * from int_erased_accounts
