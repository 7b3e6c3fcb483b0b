-- who is described: the customers of the last 365 days, and which segments each is in
with base as (
    select *
    from {{ ref('customer_profile') }}
    where is_in_base
),

bounds as (
    select {{ quantile(0.8, 'clv_365') }} as top_clv
    from base
),

-- of whatever name
highest_band as (
    select max_by(band, coalesce(min_score, -1e300)) as band
    from {{ ref('lead_score_bands') }}
),

int_base_customers as (
    select
        base.customer_number,
        {%- for attribute in profile_attributes() %}
        coalesce(base.{{ attribute }}, 'unknown') as {{ attribute }},
        {%- endfor %}
        base.rfm_segment,
        -- a fixed half by chance, from which the points of the other half are foretold
        substr({{ dbt.hash('base.customer_key') }}, 1, 1)
        in ('0', '2', '4', '6', '8', 'a', 'c', 'e') as is_even,
        coalesce(base.spend_band = 'high', false) as high_spenders,
        coalesce(base.loyalty_quadrant in ('true', 'spurious'), false) as loyal,
        coalesce(base.advocacy_tier = 'lover', false) as lovers,
        coalesce(base.lead_band = highest_band.band, false) as strong_leads,
        coalesce(base.clv_365 - bounds.top_clv >= -1e-15 * abs(bounds.top_clv), false) as top_clv
    from base
    cross join bounds
    cross join highest_band
)

select * from int_base_customers
