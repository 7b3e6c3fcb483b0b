with counted as (
    select
        visits.customer_number,
        visits.session_device,
        count(*) as sessions,
        sum(count(*)) over (partition by visits.customer_number) as all_sessions
    from {{ ref('int_recent_visits') }} as visits
    inner join {{ ref('sessions') }} as sessions
        on visits.session_number = sessions.session_number
    -- not one that began before them
    inner join {{ ref('as_of') }} as dates
        on sessions.session_date > {{ add_to_date('day', -180, 'dates.as_of') }}
    where visits.session_device is not null
    group by
        visits.customer_number,
        visits.session_device
),

int_device_preferences as (
    select
        customer_number,
        {{ preference('session_device', 'sessions', 'all_sessions') }} as device_preference
    from counted
    qualify row_number() over (
        partition by customer_number
        order by sessions desc, session_device asc
    ) = 1
)

select * from int_device_preferences
