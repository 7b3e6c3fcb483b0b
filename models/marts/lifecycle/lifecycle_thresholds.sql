{%- set fewest_gaps = 200 -%}
{%- set fixed = var('lifecycle_thresholds') or {} -%}
-- a class with too few gaps borrows the other's thresholds, if those rest on enough
with chosen as (
    select
        defaults.purchase,
        own.gaps,
        own.longer_gaps,
        own.follow_up_days,
        coalesce(enough.purchase, other.purchase) is not null as is_observed,
        coalesce(enough.at_risk_after_days, other.at_risk_after_days, defaults.at_risk_after_days)
            as at_risk_after_days,
        coalesce(enough.lapsed_after_days, other.lapsed_after_days, defaults.lapsed_after_days)
            as lapsed_after_days
    from {{ ref('lifecycle_default_thresholds') }} as defaults
    inner join {{ ref('int_purchase_gaps') }} as own
        on defaults.purchase = own.purchase
    left join {{ ref('int_purchase_gaps') }} as enough
        on
            defaults.purchase = enough.purchase
            and enough.gaps >= {{ fewest_gaps }}
    left join {{ ref('int_purchase_gaps') }} as other
        on
            defaults.purchase <> other.purchase
            and other.gaps >= {{ fewest_gaps }}
),

-- what is fixed by hand stands
decided as (
    select
        purchase,
        gaps,
        longer_gaps,
        follow_up_days,
        {%- for days in ['at_risk_after_days', 'lapsed_after_days'] %}
        case purchase
            {%- for purchase in ['first', 'repeat'] %}
            {%- set number = (fixed.get(purchase) or {}).get(days) %}
            when {{ literal(purchase) }}
                then {{ sound_number('lifecycle_thresholds', number) if number is not none else 'null' }}
            {%- endfor %}
        end as fixed_{{ days }},
        {%- endfor %}
        is_observed,
        at_risk_after_days,
        lapsed_after_days
    from chosen
),

days as (
    select
        *,
        cast(coalesce(fixed_at_risk_after_days, at_risk_after_days) as bigint) as decided_at_risk_after_days,
        cast(
            greatest(
                coalesce(fixed_lapsed_after_days, lapsed_after_days),
                coalesce(fixed_at_risk_after_days, at_risk_after_days) + 1
            ) as bigint
        ) as decided_lapsed_after_days
    from decided
),

lifecycle_thresholds as (
    select
        purchase,
        decided_at_risk_after_days as at_risk_after_days,
        decided_lapsed_after_days as lapsed_after_days,
        cast(gaps as bigint) as gaps,
        cast(longer_gaps as bigint) as longer_gaps,
        -- in whole numbers: nine tenths of the follow-up, a tenth of all gaps
        coalesce(
            10 * decided_lapsed_after_days > 9 * follow_up_days
            or 10 * longer_gaps > gaps + longer_gaps, false
        ) as is_near_ceiling,
        follow_up_days,
        case
            when
                is_observed
                and fixed_at_risk_after_days is null
                and fixed_lapsed_after_days is null
                then 'observed'
            else 'configured'
        end as method
    from days
)

select * from lifecycle_thresholds
