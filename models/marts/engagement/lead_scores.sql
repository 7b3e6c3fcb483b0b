with people as (
    select
        customer_number as lead_number,
        customer_key as person_key,
        customer_key,
        orders > 0 as has_ordered
    from {{ ref('customers') }}
    where not is_staff
    union all
    select
        visitors.lead_number,
        known_visitors.visitor_key as person_key,
        cast(null as {{ dbt.type_string() }}) as customer_key,
        false as has_ordered
    from (
        select distinct
            lead_number,
            visitor_number
        from {{ ref('int_events') }}
        where
            is_counted
            and customer_number is null
            and visitor_number is not null
    ) as visitors
    inner join {{ ref('int_visitors') }} as known_visitors
        on visitors.visitor_number = known_visitors.visitor_number
),

points as (
    select
        points.lead_number,
        sum(points.lead_scored_events) > 0 as is_scored,
        cast(sum(points.lead_points) as bigint) as raw_score,
        round({{ stable_sum('points.decayed_lead_points') }}, 6) as decayed_score,
        sum(points.events) filter (where types.event_type = 'newsletter_unsubscribed') as unsubscribes,
        max(points.last_occurred_at) as last_event_at
    from {{ ref('int_lead_points') }} as points
    inner join {{ ref('int_event_types') }} as types
        on points.event_type_number = types.event_type_number
    group by points.lead_number
),

-- the highest band whose lower end each score has reached
bands as (
    select
        points.lead_number,
        max_by(bands.band, coalesce(bands.min_score, -1e300)) filter (
            where {{ reaches_band('points.raw_score', 'bands') }}
        ) as band,
        max_by(bands.band, coalesce(bands.min_score, -1e300)) filter (
            where {{ reaches_band('points.decayed_score', 'bands') }}
        ) as decayed_band
    from points
    cross join {{ ref('lead_score_bands') }} as bands
    where points.is_scored
    group by points.lead_number
),

lead_scores as (
    select
        people.person_key,
        people.lead_number,
        people.customer_key,
        people.customer_key is not null as is_customer,
        people.has_ordered,
        case when points.is_scored then points.raw_score end as raw_score,
        case when points.is_scored then points.decayed_score end as decayed_score,
        coalesce(bands.band, 'unscored') as band,
        coalesce(bands.decayed_band, 'unscored') as decayed_band,
        strong_leads.became_strong_at,
        cast(coalesce(points.unsubscribes, 0) as bigint) as unsubscribes,
        points.last_event_at
    from people
    left join points
        on people.lead_number = points.lead_number
    left join bands
        on people.lead_number = bands.lead_number
    left join {{ ref('int_strong_since') }} as strong_leads
        on people.lead_number = strong_leads.lead_number
)

select * from lead_scores
