{{ config(enabled=has_subjects(['advocacy'])) }}
-- Who brings much and speaks for nobody, and who speaks for us and brings little? The first are taken for
-- advocates in every value ranking, the second are overlooked in it. Thirds are those of value_vs_advocacy.
with customers as (
    select
        tiers.customer_key,
        tiers.tier,
        tiers.acts_365d,
        customers.net_amount,
        1 + least(2, floor(3 * percent_rank() over (order by customers.net_amount))) as value_tercile
    from {{ ref('advocacy_tiers') }} as tiers
    inner join {{ ref('customers') }} as customers
        on tiers.customer_key = customers.customer_key
)

select
    case when tier = 'lover' then 'advocate, not profitable' else 'profitable, no advocate' end as kind,
    customer_key,
    tier,
    acts_365d,
    net_amount
from customers
where
    (tier = 'lover' and value_tercile = 1)
    or (tier <> 'lover' and value_tercile = 3)
order by
    kind asc,
    acts_365d desc,
    net_amount desc,
    customer_key asc
