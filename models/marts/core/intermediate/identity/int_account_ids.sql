with int_account_ids as (
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
    inner join {{ ref('int_as_of') }} as dates
        on orders.order_date <= dates.as_of
    where orders.customer_id is not null
    union
    select
        refunds.source,
        refunds.customer_id
    from {{ ref('stg_refunds') }} as refunds
    inner join {{ ref('int_as_of') }} as dates
        on refunds.refund_date <= dates.as_of
    where
        refunds.customer_id is not null
        -- a refund counts from its order's date on
        and (refunds.order_id is null or refunds.order_date <= dates.as_of)
    union
    select
        events.source,
        events.customer_id
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    where events.customer_id is not null
)

select
    source,
    customer_id,
    {{ account_key('customer_id') }} as account_key
from int_account_ids
