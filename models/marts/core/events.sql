with events as (
    select
        staged.source || ':' || staged.event_id as event_key,
        people.customer_key,
        coalesce({{ visitor_key('staged') }}, people.customer_key) as visitor_key,
        staged.occurred_at,
        staged.event_date,
        {{ published_value('events', 'staged.event_type') }} as event_type,
        staged.product_id,
        staged.rating,
        staged.text is not null as has_text,
        coalesce(staged.is_bot, false) as is_bot,
        coalesce(attributes.is_staff, false) as is_staff,
        coalesce(staged.is_incentivised, false) as is_incentivised,
        coalesce(staged.is_verified, false) as is_verified,
        sessions.session_key
    from {{ ref('stg_events') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on staged.event_date <= dates.as_of
    left join {{ ref('int_event_customers') }} as event_people
        on staged.row_id = event_people.event_row_id
    left join {{ ref('int_customers_keyed') }} as people
        on event_people.customer_number = people.customer_number
    left join {{ ref('int_customer_attributes') }} as attributes
        on event_people.customer_number = attributes.customer_number
    left join {{ ref('int_event_sessions') }} as sessions
        on staged.row_id = sessions.event_row_id
)

select * from events
