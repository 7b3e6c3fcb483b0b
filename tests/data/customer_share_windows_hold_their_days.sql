{{ config(enabled=has_subjects(['customer_share'])) }}
-- Twelve months of customer_share are worth the days of new_customer_share in them, less credit notes.
with windows as (
    select
        shares.month_start,
        least(
            {{ add_to_date('month', 1, 'shares.month_start') }},
            {{ add_to_date('day', 1, 'dates.as_of') }}
        ) as window_end,
        sum(shares.net_amount_12m) as net_amount
    from {{ ref('customer_share') }} as shares
    cross join {{ ref('as_of') }} as dates
    group by
        shares.month_start,
        dates.as_of
),

changes as (
    select
        period_start as change_date,
        total_net_amount as net_amount
    from {{ ref('new_customer_share') }}
    where
        period_grain = 'day'
        and breakdown = 'total'
    union all
    -- a credit note of nobody lowers the ledger alone
    select
        refund_date as change_date,
        -amount as net_amount
    from {{ ref('refunds') }}
    where
        is_credit_note
        and is_valid
        and customer_key is not null
),

compared as (
    select
        windows.month_start,
        windows.net_amount,
        coalesce(sum(changes.net_amount), 0) as expected_net_amount
    from windows
    left join changes
        on
            {{ add_to_date('month', -12, 'windows.window_end') }} <= changes.change_date
            and windows.window_end > changes.change_date
    group by
        windows.month_start,
        windows.net_amount
)

select *
from compared
where net_amount <> expected_net_amount
