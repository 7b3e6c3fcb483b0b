with groups as (
    select
        node as account_key,
        min(node) over (partition by component) as first_account_key
    from {{ ref('int_account_groups') }}
),

grouped as (
    select
        accounts.source,
        accounts.customer_id,
        accounts.account_key,
        coalesce(groups.first_account_key, accounts.account_key) as first_account_key
    from {{ ref('int_account_ids') }} as accounts
    left join groups
        on accounts.account_key = groups.account_key
),

int_accounts as (
    select
        source,
        customer_id,
        account_key,
        case
            when position('@' in first_account_key) = 0 then first_account_key
            else
                substr(first_account_key, 1, position(':' in first_account_key))
                || {{ published_id("substr(first_account_key, position(':' in first_account_key) + 1)") }}
        end as customer_key
    from grouped
)

select * from int_accounts
