-- Amounts have fourteen digits before the point. DuckDB stops at a larger total; Spark shows nothing in
-- its place.
with totals as (
    select
        sum(cast(gross_amount as decimal(38, 4))) as gross_amount,
        sum(cast(discount_amount as decimal(38, 4))) as discount_amount,
        sum(cast(refund_amount as decimal(38, 4))) as refund_amount,
        count(*) filter (
            where
            gross_amount is null
            or discount_amount is null
            or refund_amount is null
            or net_amount is null
        ) as orders_without_amount
    from {{ ref('orders') }}
)

select *
from totals
where
    greatest(gross_amount, discount_amount, refund_amount) >= 100000000000000
    or orders_without_amount > 0
