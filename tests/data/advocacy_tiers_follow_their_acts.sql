{{ config(enabled=has_subjects(['advocacy'])) }}
-- A customer with an order is in one tier, by the counting acts and signals of the last 365 days in core.
with acts as (
    select
        acts.customer_key,
        count(*) filter (where acts.kind = 'act') as acts,
        count(*) filter (where acts.kind = 'signal') as signals
    from {{ ref('advocacy_acts') }} as acts
    inner join {{ ref('as_of') }} as dates
        on acts.act_date > {{ add_to_date('day', -365, 'dates.as_of') }}
    where acts.counts
    group by acts.customer_key
)

select
    customers.customer_key,
    tiers.tier
from {{ ref('customers') }} as customers
left join {{ ref('advocacy_tiers') }} as tiers
    on customers.customer_key = tiers.customer_key
left join acts
    on customers.customer_key = acts.customer_key
where
    (customers.orders > 0) <> (tiers.tier is not null)
    or (customers.orders > 0 and coalesce(acts.acts, 0) <> tiers.acts_365d)
    or (customers.orders > 0 and coalesce(acts.signals, 0) <> tiers.signals_365d)
