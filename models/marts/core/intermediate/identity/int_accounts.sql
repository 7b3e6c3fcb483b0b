with groups as (
    select
        node as account_key,
        min(node) over (partition by component) as customer_key
    from {{ ref('int_account_groups') }}
),

int_accounts as (
    select
        accounts.source,
        accounts.customer_id,
        accounts.account_key,
        coalesce(groups.customer_key, accounts.account_key) as customer_key
    from {{ ref('int_account_ids') }} as accounts
    left join groups
        on accounts.account_key = groups.account_key
)

select * from int_accounts
