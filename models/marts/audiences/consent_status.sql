with consent_status as (
    select
        customer_key,
        channel,
        purpose,
        status,
        started_at as since,
        method,
        proof_given
    from {{ ref('consent_spells') }}
    where ended_at is null
)

select * from consent_status
