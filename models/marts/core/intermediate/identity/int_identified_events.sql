-- who the event itself names: its customer id, else an address that belongs to someone
with named as (
    select
        events.row_id as event_row_id,
        accounts.customer_key
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    inner join {{ ref('int_accounts') }} as accounts
        on
            events.source = accounts.source
            and events.customer_id = accounts.customer_id
    union all
    select
        events.event_row_id,
        contacts.customer_key
    from {{ ref('int_event_contacts') }} as events
    inner join {{ ref('int_contact_owners') }} as contacts
        on events.email_hash = contacts.contact_hash
),

int_identified_events as (
    select
        named.event_row_id,
        people.customer_number
    from named
    inner join {{ ref('int_customers_keyed') }} as people
        on named.customer_key = people.customer_key
)

select * from int_identified_events
