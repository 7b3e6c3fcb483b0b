with events as (
    select
        staged.source || ':' || staged.event_id as event_key,
        staged.event_number,
        staged.source,
        staged.event_id,
        people.customer_key,
        staged.customer_number,
        coalesce(staged.visitor_key, people.customer_key) as visitor_key,
        coalesce(staged.customer_number, -staged.visitor_number) as lead_number,
        staged.occurred_at,
        staged.event_date,
        coalesce(types.event_type, 'other') as event_type,
        coalesce(types.event_type_number, 0) as event_type_number,
        staged.product_id,
        staged.order_id,
        staged.referral_code,
        staged.rating,
        staged.nps_answer,
        staged.has_text,
        staged.is_bot,
        coalesce(attributes.is_staff, false) as is_staff,
        not staged.is_bot and not coalesce(attributes.is_staff, false) as is_counted,
        staged.is_incentivised,
        staged.is_verified,
        sessions.session_key
    from {{ ref('int_events') }} as staged
    left join {{ ref('int_event_types') }} as types
        on staged.event_type = types.event_type
    left join {{ ref('int_customers_keyed') }} as people
        on staged.customer_number = people.customer_number
    left join {{ ref('int_customer_attributes') }} as attributes
        on staged.customer_number = attributes.customer_number
    left join {{ ref('int_event_sessions') }} as sessions
        on staged.event_number = sessions.event_number
)

select * from events
