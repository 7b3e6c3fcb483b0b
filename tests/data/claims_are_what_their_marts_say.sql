{{ config(enabled=has_subjects(['advocacy', 'customer_share', 'profile', 'scenarios'])) }}
-- The number held against a claim is that of the mart which it names: whoever asks the mart finds the same.
-- (What is made of several numbers is told by the unit tests of int_claim_measures and int_held_retention.)
with as_of_month as (
    select {{ period_start('month', 'as_of') }} as month_start
    from {{ ref('as_of') }}
),

told as (
    select
        'best_fifth' as claim_id,
        shares.top_20_percent_share as number_told
    from {{ ref('concentration') }} as shares
    inner join as_of_month
        on shares.month_start = as_of_month.month_start
    where shares.measure_window = 'trailing_12m'
    union all
    select
        'retention_profit' as claim_id,
        value_change as number_told
    from {{ ref('retention_scenarios') }}
    where scenario = 'plus_5_points'
    union all
    select
        tiers.tier || 's' as claim_id,
        tiers.share as number_told
    from {{ ref('advocacy_tier_summary') }} as tiers
    inner join as_of_month
        on tiers.month_start = as_of_month.month_start
    union all
    select
        'one_point_of_lovers' as claim_id,
        lovers_gain as number_told
    from {{ ref('advocacy_what_if') }}
    where scenario = 'one_point_of_base'
    union all
    select
        'monday_morning' as claim_id,
        sum(index) / 400 as number_told
    from {{ ref('purchase_patterns') }}
    where
        segment_by = 'total'
        and weekday = 1
        and hour in (8, 9, 10, 11)
)

select
    claims.claim_id,
    claims.measured_value,
    told.number_told
from {{ ref('measured_claims') }} as claims
left join told
    on claims.claim_id = told.claim_id
where
    claims.measured_value is not null
    and claims.claim_id not in ('word_of_mouth', 'products_held')
    and coalesce(abs(claims.measured_value - told.number_told) > 2e-6, true)
