{{ config(alias='claims') }}

with measured_claims as (
    select
        made.claim_id,
        made.source,
        made.statement,
        made.claimed_low,
        made.claimed_high,
        made.measured_in,
        round(measures.measured_value, 6) as measured_value,
        case
            when coalesce(made.claimed_low, made.claimed_high) is not null
                then
                    round(measures.measured_value, 6) between
                    coalesce(made.claimed_low, round(measures.measured_value, 6))
                    and coalesce(made.claimed_high, round(measures.measured_value, 6))
        end as is_met
    from {{ ref('claims') }} as made
    left join {{ ref('int_claim_measures') }} as measures
        on made.claim_id = measures.claim_id
)

select * from measured_claims
