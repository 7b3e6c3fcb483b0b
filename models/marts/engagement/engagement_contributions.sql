with engagement_contributions as (
    select
        customers.customer_key,
        customers.customer_number,
        types.event_type,
        points.events,
        points.engagement_scored_events as scored_events,
        points.engagement_points as points,
        points.decayed_engagement_points as decayed_points
    from {{ ref('int_lead_points') }} as points
    inner join {{ ref('customers') }} as customers
        on points.lead_number = customers.customer_number
    inner join {{ ref('int_event_types') }} as types
        on points.event_type_number = types.event_type_number
)

select * from engagement_contributions
