{{ config(enabled=has_subjects(['customer_share'])) }}
-- What a customer spends here on a category in a year is the same whatever method tells the share of it.
select
    stated.customer_key,
    stated.category,
    stated.year,
    stated.method
from {{ ref('share_of_wallet') }} as stated
left join {{ ref('share_of_wallet') }} as estimated
    on
        stated.customer_key = estimated.customer_key
        and stated.category = estimated.category
        and stated.year = estimated.year
        and estimated.method = 'benchmark'
where
    stated.method <> 'benchmark'
    and (
        stated.own_amount <> coalesce(estimated.own_amount, 0)
        or stated.low <> stated.share_of_wallet
        or stated.high <> stated.share_of_wallet
    )
