with consent_spells as (
    select
        people.customer_key,
        spells.channel,
        spells.purpose,
        spells.started_at,
        spells.ended_at,
        spells.status,
        case
            when spells.method = 'event' then spells.method
            else {{ published_value('consent', 'spells.method') }}
        end as method,
        spells.proof_given
    from {{ ref('int_consent_spells') }} as spells
    inner join {{ ref('customers') }} as people
        on spells.customer_number = people.customer_number
)

select * from consent_spells
