{{ config(enabled=has_subjects(['advocacy'])) }}
-- Who buys as often as the loyal and has never said that he likes it, while something keeps him from leaving?
-- The first to lose the day a competitor makes leaving easy; worst opinions and largest amounts first.
select
    loyalty.customer_key,
    customers.lock_in,
    loyalty.attitude,
    loyalty.loyalty_quadrant,
    loyalty.tier,
    loyalty.order_days_365d,
    customers.net_amount,
    customers.last_order_date
from {{ ref('loyalty_vs_advocacy') }} as loyalty
inner join {{ ref('customers') }} as customers
    on loyalty.customer_key = customers.customer_key
where loyalty.is_locked_in
order by
    loyalty.attitude asc,
    customers.net_amount desc,
    loyalty.customer_key asc
