{%- set fewest_gaps = 200 -%}
{%- set fixed = var('lifecycle_thresholds') or {} -%}
-- a class with too few gaps borrows the other's thresholds, if those rest on enough
with chosen as (
    select
        defaults.purchase,
        own.gaps,
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

lifecycle_thresholds as (
    select
        decided.purchase,
        cast(coalesce(decided.fixed_at_risk_after_days, decided.at_risk_after_days) as bigint)
            as at_risk_after_days,
        cast(
            greatest(
                coalesce(decided.fixed_lapsed_after_days, decided.lapsed_after_days),
                coalesce(decided.fixed_at_risk_after_days, decided.at_risk_after_days) + 1
            ) as bigint
        ) as lapsed_after_days,
        cast(decided.gaps as bigint) as gaps,
        decided.follow_up_days,
        case
            when
                decided.is_observed
                and decided.fixed_at_risk_after_days is null
                and decided.fixed_lapsed_after_days is null
                then 'observed'
            else 'configured'
        end as method
    from decided
)

select * from lifecycle_thresholds
