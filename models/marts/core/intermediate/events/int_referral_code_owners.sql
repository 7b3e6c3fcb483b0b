{#- A code is the customer's whose row has it, else his who first sent it. -#}
with registered_owners as (
    select distinct
        customers.source,
        customers.referral_code,
        people.customer_number
    from {{ ref('stg_customers') }} as customers
    inner join {{ ref('int_accounts') }} as accounts
        on
            customers.source = accounts.source
            and customers.customer_id = accounts.customer_id
    inner join {{ ref('int_customers_keyed') }} as people
        on accounts.customer_key = people.customer_key
    where customers.referral_code is not null
),

first_senders as (
    select
        source,
        referral_code,
        customer_number
    from {{ ref('int_advocacy_events') }}
    where
        event_type = 'referral_sent'
        and referral_code is not null
    qualify row_number() over (
        partition by source, referral_code
        order by occurred_at, event_id
    ) = 1
),

int_referral_code_owners as (
    select
        source,
        referral_code,
        customer_number
    from registered_owners
    union all
    select
        senders.source,
        senders.referral_code,
        senders.customer_number
    from first_senders as senders
    left join registered_owners as registered
        on
            senders.source = registered.source
            and senders.referral_code = registered.referral_code
    where registered.customer_number is null
)

select * from int_referral_code_owners
