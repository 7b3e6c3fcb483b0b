with fits as (
    select *
    from {{ ref('int_audience_fits') }}
),

members as (
    select
        customer_number,
        segment_number as audience_number
    from fits
    where segment_number is not null
    union all
    select
        customer_number,
        persona_number as audience_number
    from fits
    where persona_number is not null
    union all
    select
        fits.customer_number,
        audiences.audience_number
    from fits
    inner join {{ ref('int_audiences') }} as audiences
        on substr(fits.fits, cast(audiences.audience_number as int), 1) = '1'
    where fits.fits like '%1%'
),

judged as (
    select
        audiences.audience,
        people.customer_key,
        audiences.kind,
        audiences.channel,
        audiences.purpose,
        case
            when audiences.channel is null then null
            when audiences.channel = 'email' and not people.has_email and leads.customer_key is null
                then 'no_address'
            when audiences.channel in ('sms', 'phone') and not people.has_phone then 'no_address'
            when consents.status = 'withdrawn' then 'consent_withdrawn'
            when consents.status is null then 'no_consent'
            when audiences.adults_only and moments.is_minor then 'minor'
            when audiences.kind in ('trigger', 'list') and people.has_open_complaint then 'open_complaint'
            when moments.contacts_7d > {{ number_var('contacts_per_week') }} then 'contacted_recently'
        end as reason,
        case
            when audiences.holdout_share > 0
                then
                    {{ hash_share("audiences.audience || ':' || people.customer_key") }}
                    < audiences.holdout_share
            else false
        end as is_held_out
    from members
    inner join {{ ref('int_audiences') }} as audiences
        on members.audience_number = audiences.audience_number
    inner join {{ ref('customer_profile') }} as people
        on members.customer_number = people.customer_number
    inner join {{ ref('int_moments') }} as moments
        on members.customer_number = moments.customer_number
    -- whoever is known by events alone is known by an email
    left join {{ ref('int_contact_owners') }} as leads
        on
            people.customer_key = leads.customer_key
            and leads.is_lead
    left join {{ ref('int_consent_spells') }} as consents
        on
            members.customer_number = consents.customer_number
            and audiences.channel = consents.channel
            and audiences.purpose = consents.purpose
            and consents.ended_at is null
),

audience_members as (
    select
        audience,
        customer_key,
        kind,
        channel,
        purpose,
        reason is null and not is_held_out as is_included,
        coalesce(reason, case when is_held_out then 'holdout' end) as exclusion_reason
    from judged
)

select * from audience_members
