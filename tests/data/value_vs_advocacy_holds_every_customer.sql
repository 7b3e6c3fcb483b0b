{{ config(enabled=has_subjects(['advocacy'])) }}
-- Nine cells hold every customer of the tiers once, with all that they brought.
with cells as (
    select
        count(*) as cells,
        sum(customers) as customers,
        sum(net_amount) as net_amount
    from {{ ref('value_vs_advocacy') }}
),

tiers as (
    select count(*) as customers
    from {{ ref('advocacy_tiers') }}
),

amounts as (
    select coalesce(sum(net_amount), 0) as net_amount
    from {{ ref('customers') }}
    where orders > 0
)

select
    cells.customers,
    cells.net_amount
from cells
cross join tiers
cross join amounts
where
    cells.cells <> 9
    or cells.customers <> tiers.customers
    or cells.net_amount <> amounts.net_amount
