with advocate_candidates as (
    select
        customers.customer_key,
        customers.customer_number,
        cast(rank() over (
            order by advocates.decayed_signals desc, coalesce(scores.score, 0) desc
        ) as bigint) as candidate_rank,
        advocates.decayed_signals,
        coalesce(scores.score, 0) as engagement_score,
        advocates.tier_reason as reason,
        coalesce(leads.unsubscribes > 0, false) as has_unsubscribed
    from {{ ref('int_customer_advocacy') }} as advocates
    inner join {{ ref('customers') }} as customers
        on advocates.customer_number = customers.customer_number
    left join {{ mart_of('engagement', 'engagement_scores', {
        'customer_number': 'bigint', 'score': 'double'
    }) }} as scores
        on advocates.customer_number = scores.customer_number
    left join {{ mart_of('engagement', 'lead_scores', {
        'lead_number': 'bigint', 'unsubscribes': 'bigint'
    }) }} as leads
        on advocates.customer_number = leads.lead_number
    where
        advocates.tier = 'liker'
        and advocates.attitude <> 'low'
)

select * from advocate_candidates
