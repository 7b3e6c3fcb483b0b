{{ config(enabled=has_subjects(['audiences'])) }}
-- Who may be sent something by a channel has granted consent for it, as consent_status has it at as_of.
select
    members.audience,
    members.customer_key
from {{ ref('audience_members') }} as members
left join {{ ref('consent_status') }} as consents
    on
        members.customer_key = consents.customer_key
        and members.channel = consents.channel
        and members.purpose = consents.purpose
where
    members.channel is not null
    and (members.is_included or members.exclusion_reason = 'holdout')
    and coalesce(consents.status <> 'granted', true)
