with counts as (
    select
        campaign_number,
        count(*) filter (where is_treated) as treated,
        count(*) filter (where is_treated and has_ordered) as treated_buyers,
        count(*) filter (where not is_treated) as controls,
        count(*) filter (where not is_treated and has_ordered) as control_buyers
    from {{ ref('int_control_arms') }}
    group by campaign_number
),

int_uplifts as (
    select
        campaign_number,
        treated as treated_customers,
        controls as control_customers,
        {{ share_of('treated_buyers', 'treated') }} as treated_order_rate,
        {{ share_of('control_buyers', 'controls') }} as control_order_rate,
        {{ newcombe('middle', 'treated_buyers', 'treated', 'control_buyers', 'controls') }} as uplift,
        {{ newcombe('low', 'treated_buyers', 'treated', 'control_buyers', 'controls') }} as uplift_low,
        {{ newcombe('high', 'treated_buyers', 'treated', 'control_buyers', 'controls') }} as uplift_high
    from counts
)

select * from int_uplifts
