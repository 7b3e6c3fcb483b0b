{{ config(enabled=has_subjects(['engagement'])) }}
-- Every customer but staff has one row of engagement and one as a lead, and whoever is in the highest band
-- of leads got there some time.
with top_band as (
    select max_by(band, coalesce(min_score, -1e300)) as band
    from {{ ref('lead_score_bands') }}
)

select
    'customer' as failure,
    customers.customer_key as detail
from {{ ref('customers') }} as customers
left join {{ ref('engagement_scores') }} as scores
    on customers.customer_key = scores.customer_key
left join {{ ref('lead_scores') }} as leads
    on customers.customer_key = leads.customer_key
where
    customers.is_staff <> (scores.customer_key is null)
    or customers.is_staff <> (leads.customer_key is null)
union all
select
    'band' as failure,
    leads.person_key as detail
from {{ ref('lead_scores') }} as leads
inner join top_band
    on leads.band = top_band.band
where leads.became_strong_at is null
