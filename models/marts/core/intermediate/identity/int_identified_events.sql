-- who the event itself names: its customer id, else an address that belongs to someone
with events as (
    select
        events.row_id as event_row_id,
        events.source,
        events.customer_id,
        case
            when events.customer_id is null
                then {{ contact_hash("'email'", lower_case('events.email')) }}
        end as email_hash
    from {{ ref('stg_events') }} as events
    inner join {{ ref('as_of') }} as dates
        on events.event_date <= dates.as_of
    where
        events.customer_id is not null
        or events.email is not null
),

int_identified_events as (
    select
        events.event_row_id,
        people.customer_number
    from events
    left join {{ ref('int_accounts') }} as accounts
        on
            events.source = accounts.source
            and events.customer_id = accounts.customer_id
    left join {{ ref('int_contact_owners') }} as contacts
        on events.email_hash = contacts.contact_hash
    inner join {{ ref('int_customers_keyed') }} as people
        on coalesce(accounts.customer_key, contacts.customer_key) = people.customer_key
)

select * from int_identified_events
