with int_engagement_scores as (
    select
        lead_number as customer_number,
        cast(sum(events) as bigint) as events,
        cast(sum(engagement_scored_events) as bigint) as scored_events,
        round({{ stable_sum('decayed_engagement_points') }}, 6) as score,
        max(last_occurred_at) as last_event_at
    from {{ ref('int_lead_points') }}
    where lead_number > 0
    group by lead_number
)

select * from int_engagement_scores
