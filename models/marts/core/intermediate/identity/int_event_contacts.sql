-- the address by which an event that names no account says who acted; only its hash leaves this model
with int_event_contacts as (
    select
        events.row_id as event_row_id,
        events.source,
        events.is_bot,
        {{ contact_hash("'email'", lower_case('events.email')) }} as email_hash
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    where
        events.customer_id is null
        and events.email is not null
        and {{ is_actors_email('events.event_type') }}
)

select * from int_event_contacts
