with named as (
    select *
    from {{ named_customers(ref('stg_service_tickets'), ['customer_id', 'email', 'phone']) }} as owners
),

service_tickets as (
    select
        staged.source || ':' || staged.ticket_id as ticket_key,
        staged.source,
        staged.ticket_id,
        people.customer_key,
        people.customer_number,
        staged.opened_date,
        staged.opened_at,
        case
            when staged.first_response_date <= dates.as_of then staged.first_response_at
        end as first_response_at,
        case when staged.resolved_date <= dates.as_of then staged.resolved_at end as resolved_at,
        case when staged.resolved_date <= dates.as_of then staged.resolved_date end as resolved_date,
        {{ published_value('ticket', 'staged.channel') }} as channel,
        {{ published_value('ticket', 'staged.topic') }} as topic,
        orders.order_key,
        staged.source || ':' || staged.product_id as product_key,
        coalesce(staged.is_proactive, false) as is_proactive,
        coalesce(staged.is_complaint, false) as is_complaint,
        staged.satisfaction
    from {{ ref('stg_service_tickets') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on staged.opened_date <= dates.as_of
    inner join named
        on staged.row_id = named.row_id
    left join {{ ref('orders') }} as orders
        on
            staged.source = orders.source
            and staged.order_id = orders.order_id
    -- one that names nobody but an order is of that order's customer
    left join {{ ref('int_customers_keyed') }} as people
        on
            case
                when coalesce(staged.customer_id, staged.email, staged.phone) is null then orders.customer_key
                else named.customer_key
            end = people.customer_key
)

select * from service_tickets
