-- Where each customer stands in the subjects before this one.
with forecasts as (
    select
        customer_key,
        max(churn_risk) as churn_risk,
        max(clv) filter (where horizon_days = 365) as clv_365
    from {{ ref('clv') }}
    group by customer_key
),

complaints as (
    select distinct tickets.customer_key
    from {{ ref('service_tickets') }} as tickets
    inner join {{ ref('as_of') }} as dates
        on {{ is_open_complaint('tickets', 'dates.as_of') }}
    where tickets.customer_key is not null
),

loyalty as (
    select
        behaviour.customer_key,
        behaviour.score
    from {{ mart_of('cross_sell', 'loyalty_behaviour', {
        'customer_key': 'string', 'scored_on': 'date', 'score': 'double'
    }) }} as behaviour
    inner join {{ ref('as_of') }} as dates
        on behaviour.scored_on = dates.as_of
),

int_standings as (
    select
        people.customer_number,
        spells.stage as lifecycle_stage,
        rfm.rfm_segment,
        engagement.level as engagement_level,
        leads.band as lead_band,
        advocates.tier as advocacy_tier,
        advocates.loyalty_quadrant,
        forecasts.churn_risk,
        forecasts.clv_365,
        loyalty.score as loyalty_score,
        complaints.customer_key is not null as has_open_complaint
    from {{ ref('int_customer_traits') }} as people
    left join {{ ref('lifecycle_spells') }} as spells
        on
            people.customer_key = spells.customer_key
            and spells.ended_on is null
    left join {{ ref('rfm') }} as rfm
        on people.customer_key = rfm.customer_key
    left join {{ mart_of('engagement', 'engagement_scores', {
        'customer_number': 'bigint', 'level': 'string'
    }) }} as engagement
        on people.customer_number = engagement.customer_number
    left join {{ mart_of('engagement', 'lead_scores', {
        'lead_number': 'bigint', 'band': 'string'
    }) }} as leads
        on people.customer_number = leads.lead_number
    left join {{ mart_of('advocacy', 'loyalty_vs_advocacy', {
        'customer_key': 'string', 'tier': 'string', 'loyalty_quadrant': 'string'
    }) }} as advocates
        on people.customer_key = advocates.customer_key
    left join forecasts
        on people.customer_key = forecasts.customer_key
    left join loyalty
        on people.customer_key = loyalty.customer_key
    left join complaints
        on people.customer_key = complaints.customer_key
)

select * from int_standings
