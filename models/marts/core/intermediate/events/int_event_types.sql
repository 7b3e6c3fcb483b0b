-- who did what has a type that the seed does not know; what nobody did counts event by event
with doers as (
    select distinct
        events.event_type,
        events.customer_number,
        case when events.customer_number is null then events.visitor_number end as visitor_number,
        case when coalesce(events.customer_number, events.visitor_number) is null then events.event_number end
            as event_number
    from {{ ref('int_events') }} as events
    left join {{ ref('event_points') }} as points
        on events.event_type = points.event_type
    where points.event_type is null
),

counted as (
    select
        'event_type' as column_name,
        event_type as value,
        count(*) as sharers
    from doers
    group by event_type
),

event_types as (
    select event_type
    from {{ ref('event_points') }}
    union
    select common.value as event_type
    from {{ common_values('counted') }} as common
    union
    select 'other' as event_type
),

-- points are joined once to the few types, so that events are counted by numbers and not by texts
int_event_types as (
    select
        -- 0 is whatever has no row of its own
        cast(
            case
                when event_types.event_type = 'other' then 0
                else row_number() over (order by event_types.event_type)
            end as bigint
        ) as event_type_number,
        event_types.event_type,
        coalesce(points.engagement_points, 0) as engagement_points,
        coalesce(points.lead_points, 0) as lead_points,
        points.daily_cap
    from event_types
    left join {{ ref('event_points') }} as points
        on event_types.event_type = points.event_type
)

select * from int_event_types
