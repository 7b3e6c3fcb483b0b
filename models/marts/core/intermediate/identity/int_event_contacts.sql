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
    left join {{ ref('event_points') }} as points
        on events.event_type = points.event_type
    where
        events.customer_id is null
        and events.email is not null
        and not coalesce(points.is_email_of_other, false)
)

select * from int_event_contacts
