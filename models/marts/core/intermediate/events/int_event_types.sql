-- points are joined once to the few types, so that events are counted by numbers and not by texts
with event_types as (
    select value as event_type
    from {{ ref('int_common_values') }}
    where table_name = 'events'
    union
    select 'other' as event_type
),

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
