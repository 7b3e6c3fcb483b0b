with account_contacts as (
    select
        contacts.contact_hash,
        min(accounts.customer_key) as customer_key
    from {{ ref('int_contacts') }} as contacts
    inner join {{ ref('int_accounts') }} as accounts
        on contacts.account_key = accounts.account_key
    left join {{ ref('shared_contacts') }} as shared
        on contacts.contact_hash = shared.contact_hash
    where shared.contact_hash is null
    group by contacts.contact_hash
),

-- a guest whose addresses belong to no account is a person of his own, by email before phone
guest_contacts as (
    select
        orders.source,
        case
            when orders.email_hash is not null and shared_emails.contact_hash is null
                then orders.email_hash
            when orders.phone_hash is not null and shared_phones.contact_hash is null
                then orders.phone_hash
        end as contact_hash
    from {{ ref('int_guest_orders') }} as orders
    left join account_contacts as account_emails
        on orders.email_hash = account_emails.contact_hash
    left join account_contacts as account_phones
        on orders.phone_hash = account_phones.contact_hash
    left join {{ ref('shared_contacts') }} as shared_emails
        on orders.email_hash = shared_emails.contact_hash
    left join {{ ref('shared_contacts') }} as shared_phones
        on orders.phone_hash = shared_phones.contact_hash
    where
        account_emails.contact_hash is null
        and account_phones.contact_hash is null
),

-- nor has anybody who is known by events alone any: a newsletter's subscriber, a lead from a form
lead_contacts as (
    select
        events.source,
        events.email_hash as contact_hash
    from {{ ref('int_event_contacts') }} as events
    left join {{ ref('int_contacts') }} as accounts
        on events.email_hash = accounts.contact_hash
    left join {{ ref('int_guest_orders') }} as guests
        on events.email_hash = guests.email_hash
    where
        not events.is_bot
        and accounts.contact_hash is null
        and guests.email_hash is null
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
        true as is_account
    from account_contacts
    union all
    select
        contact_hash,
        min(source) || ':' || contact_hash as customer_key,
        false as is_account
    from strangers
    group by contact_hash
)

select * from int_contact_owners
