-- What people said themselves: an event that is only stitched to a person states nothing.
with said as (
    select
        consents.source,
        consents.customer_id,
        consents.email,
        consents.phone,
        {{ published_value('consent', 'consents.channel') }} as channel,
        {{ published_value('consent', 'consents.purpose') }} as purpose,
        consents.status,
        consents.stated_at,
        consents.stated_date,
        consents.stated_hour is null as is_date_alone,
        consents.method,
        consents.proof is not null as proof_given
    from {{ ref('stg_consents') }} as consents
    inner join {{ ref('int_as_of') }} as dates
        on consents.stated_date <= dates.as_of
    union all
    select
        events.source,
        events.customer_id,
        events.email,
        cast(null as {{ dbt.type_string() }}) as phone,
        mapped.channel,
        mapped.purpose,
        mapped.status,
        facts.occurred_at as stated_at,
        facts.event_date as stated_date,
        facts.occurred_at = cast(facts.event_date as timestamp) as is_date_alone,
        'event' as method,
        false as proof_given
    from {{ ref('int_events') }} as facts
    inner join {{ ref('consent_events') }} as mapped
        on facts.event_type = mapped.event_type
    inner join {{ ref('stg_events') }} as events
        on facts.event_number = events.row_id
    where not facts.is_bot
),

accounts as (
    select distinct
        account_key,
        customer_key
    from {{ ref('int_accounts') }}
),

addressed as (
    select
        said.*,
        accounts.account_key,
        accounts.customer_key,
        case
            when said.customer_id is null
                then coalesce({{ identity_node('email', 'said') }}, {{ identity_node('phone', 'said') }})
        end as contact_hash
    from said
    left join accounts
        on {{ account_key('said.customer_id', 'said.source') }} = accounts.account_key
),

-- an address speaks for every account that has it, else for its guest; a shared one only withdraws
owners as (
    select
        contacts.contact_hash,
        contacts.account_key as party_key,
        accounts.customer_key,
        contacts.is_shared
    from {{ ref('int_contacts') }} as contacts
    inner join accounts
        on contacts.account_key = accounts.account_key
    union all
    select
        contact_hash,
        contact_hash as party_key,
        customer_key,
        false as is_shared
    from {{ ref('int_contact_owners') }}
    where not is_account
),

int_consent_statements as (
    select
        people.customer_number,
        coalesce(addressed.account_key, owners.party_key) as party_key,
        addressed.channel,
        addressed.purpose,
        addressed.status,
        addressed.stated_at,
        addressed.stated_date,
        addressed.is_date_alone,
        addressed.method,
        addressed.proof_given
    from addressed
    left join owners
        on addressed.contact_hash = owners.contact_hash
    inner join {{ ref('int_customers_keyed') }} as people
        on coalesce(addressed.customer_key, owners.customer_key) = people.customer_key
    where
        owners.is_shared is null
        or not owners.is_shared
        or addressed.status = 'withdrawn'
)

select * from int_consent_statements
