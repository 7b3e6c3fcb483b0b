with unsubscribed as (
    select
        points.lead_number as customer_number,
        sum(points.events) as unsubscribes
    from {{ ref('int_lead_points') }} as points
    inner join {{ ref('int_event_types') }} as types
        on points.event_type_number = types.event_type_number
    where types.event_type = 'newsletter_unsubscribed'
    group by points.lead_number
),

advocate_candidates as (
    select
        people.customer_key,
        cast(rank() over (
            order by advocates.decayed_signals desc, coalesce(scores.score, 0) desc
        ) as bigint) as candidate_rank,
        advocates.decayed_signals,
        coalesce(scores.score, 0) as engagement_score,
        advocates.tier_reason as reason,
        coalesce(unsubscribed.unsubscribes > 0, false) as has_unsubscribed
    from {{ ref('int_customer_advocacy') }} as advocates
    inner join {{ ref('int_customers_keyed') }} as people
        on advocates.customer_number = people.customer_number
    left join {{ ref('int_engagement_scores') }} as scores
        on advocates.customer_number = scores.customer_number
    left join unsubscribed
        on advocates.customer_number = unsubscribed.customer_number
    where
        advocates.tier = 'liker'
        and advocates.attitude <> 'low'
)

select * from advocate_candidates
