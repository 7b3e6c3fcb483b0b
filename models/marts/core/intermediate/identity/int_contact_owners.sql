with account_contacts as (
    select
        contacts.contact_hash,
        min(accounts.customer_key) as customer_key
    from {{ ref('int_contacts') }} as contacts
    inner join {{ ref('int_accounts') }} as accounts
        on contacts.account_key = accounts.account_key
    where not contacts.is_shared
    group by contacts.contact_hash
),

usable_contacts as (
    select distinct contact_hash
    from {{ ref('int_contacts') }}
    where not is_shared
),

-- a guest whose addresses belong to no account is a person of his own, by email before phone
guest_contacts as (
    select
        orders.source,
        coalesce(emails.contact_hash, phones.contact_hash) as contact_hash,
        false as is_lead
    from {{ ref('int_guest_orders') }} as orders
    left join account_contacts as account_emails
        on orders.email_hash = account_emails.contact_hash
    left join account_contacts as account_phones
        on orders.phone_hash = account_phones.contact_hash
    left join usable_contacts as emails
        on orders.email_hash = emails.contact_hash
    left join usable_contacts as phones
        on orders.phone_hash = phones.contact_hash
    where
        account_emails.contact_hash is null
        and account_phones.contact_hash is null
),

-- nor has anybody who is known by events alone any: a newsletter's subscriber, a lead from a form
lead_contacts as (
    select
        events.source,
        events.email_hash as contact_hash,
        true as is_lead
    from {{ ref('int_event_contacts') }} as events
    left join {{ ref('int_contacts') }} as known
        on events.email_hash = known.contact_hash
    where
        not events.is_bot
        and known.contact_hash is null
),

strangers as (
    select *
    from guest_contacts
    where contact_hash is not null
    union all
    select *
    from lead_contacts
),

int_contact_owners as (
    select
        contact_hash,
        customer_key,
        true as is_account,
        false as is_lead
    from account_contacts
    union all
    select
        contact_hash,
        min(source) || ':' || contact_hash as customer_key,
        false as is_account,
        bool_and(is_lead) as is_lead
    from strangers
    group by contact_hash
)

select * from int_contact_owners
