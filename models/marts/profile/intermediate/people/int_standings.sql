-- Where each customer stands in the subjects before this one.
with forecasts as (
    select
        customer_number,
        max(churn_risk) as churn_risk,
        max(clv) filter (where horizon_days = 365) as clv_365
    from {{ ref('clv') }}
    group by customer_number
),

complaints as (
    select distinct tickets.customer_number
    from {{ ref('service_tickets') }} as tickets
    inner join {{ ref('as_of') }} as dates
        on {{ is_open_complaint('tickets', 'dates.as_of') }}
    where tickets.customer_number is not null
),

loyalty as (
    select
        behaviour.customer_number,
        behaviour.score
    from {{ mart_of('cross_sell', 'loyalty_behaviour', {
        'customer_number': 'bigint', 'scored_on': 'date', 'score': 'double'
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
        complaints.customer_number is not null as has_open_complaint
    from {{ ref('int_customer_traits') }} as people
    left join {{ ref('lifecycle_spells') }} as spells
        on
            people.customer_number = spells.customer_number
            and spells.ended_on is null
    left join {{ ref('rfm') }} as rfm
        on people.customer_number = rfm.customer_number
    left join {{ mart_of('engagement', 'engagement_scores', {
        'customer_number': 'bigint', 'level': 'string'
    }) }} as engagement
        on people.customer_number = engagement.customer_number
    left join {{ mart_of('engagement', 'lead_scores', {
        'lead_number': 'bigint', 'band': 'string'
    }) }} as leads
        on people.customer_number = leads.lead_number
    left join {{ mart_of('advocacy', 'loyalty_vs_advocacy', {
        'customer_number': 'bigint', 'tier': 'string', 'loyalty_quadrant': 'string'
    }) }} as advocates
        on people.customer_number = advocates.customer_number
    left join forecasts
        on people.customer_number = forecasts.customer_number
    left join loyalty
        on people.customer_number = loyalty.customer_number
    left join complaints
        on people.customer_number = complaints.customer_number
)

select * from int_standings
