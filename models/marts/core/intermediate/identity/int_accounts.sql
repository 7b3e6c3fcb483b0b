with accounts as (
    select
        source,
        customer_id
    from {{ ref('stg_customers') }}
    union
    select
        source,
        customer_id
    from {{ ref('stg_identities') }}
    union
    select
        source,
        same_as as customer_id
    from {{ ref('stg_identities') }}
    union
    select
        orders.source,
        orders.customer_id
    from {{ ref('stg_orders') }} as orders
    inner join {{ ref('as_of') }} as dates
        on orders.order_date <= dates.as_of
    where orders.customer_id is not null
    union
    select
        refunds.source,
        refunds.customer_id
    from {{ ref('stg_refunds') }} as refunds
    inner join {{ ref('as_of') }} as dates
        on refunds.refund_date <= dates.as_of
    left join {{ ref('order_keys') }} as orders
        on
            refunds.source = orders.source
            and refunds.order_id = orders.order_id
    where
        refunds.customer_id is not null
        -- a refund counts from its order's date on
        and (refunds.order_id is null or orders.order_date <= dates.as_of)
    union
    select
        events.source,
        events.customer_id
    from {{ ref('stg_events') }} as events
    inner join {{ ref('as_of') }} as dates
        on events.event_date <= dates.as_of
    where events.customer_id is not null
),

groups as (
    select
        node as account_key,
        min(node) over (partition by component) as customer_key
    from {{ ref('int_account_groups') }}
),

int_accounts as (
    select
        accounts.source,
        accounts.customer_id,
        accounts.source || ':' || accounts.customer_id as account_key,
        coalesce(groups.customer_key, accounts.source || ':' || accounts.customer_id) as customer_key
    from accounts
    left join groups
        on accounts.source || ':' || accounts.customer_id = groups.account_key
)

select * from int_accounts
