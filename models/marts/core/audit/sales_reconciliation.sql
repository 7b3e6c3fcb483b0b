-- what is cancelled was a sale on its day, and is reversed on the day it was cancelled
with sold as (
    select
        source,
        order_date,
        gross_amount,
        discount_amount,
        reversed_date is not null as is_cancelled,
        reversed_date
    from {{ ref('orders') }}
    where
        is_valid
        or reversed_date is not null
),

flows as (
    select
        source,
        order_date as flow_date,
        1 as orders,
        case when is_cancelled then 1 else 0 end as cancelled_orders,
        gross_amount,
        discount_amount,
        0 as refund_amount,
        case when is_cancelled then gross_amount - discount_amount else 0 end as cancelled_amount,
        0 as reversed_amount
    from sold
    union all
    select
        source,
        reversed_date as flow_date,
        0 as orders,
        0 as cancelled_orders,
        0 as gross_amount,
        0 as discount_amount,
        0 as refund_amount,
        0 as cancelled_amount,
        gross_amount - discount_amount as reversed_amount
    from sold
    where is_cancelled
    union all
    select
        source,
        refund_date as flow_date,
        0 as orders,
        0 as cancelled_orders,
        0 as gross_amount,
        0 as discount_amount,
        amount as refund_amount,
        0 as cancelled_amount,
        0 as reversed_amount
    from {{ ref('refunds') }}
    where is_valid
),

sales_reconciliation as (
    select
        source,
        {{ period_start('month', 'flow_date') }} as month_start,
        cast(sum(orders) as bigint) as orders,
        cast(sum(cancelled_orders) as bigint) as cancelled_orders,
        cast(sum(gross_amount) as decimal(18, 4)) as gross_amount,
        cast(sum(discount_amount) as decimal(18, 4)) as discount_amount,
        cast(sum(refund_amount) as decimal(18, 4)) as refund_amount,
        cast(sum(reversed_amount) as decimal(18, 4)) as reversed_amount,
        cast(
            sum(gross_amount - discount_amount - refund_amount - reversed_amount) as decimal(18, 4)
        ) as net_amount,
        cast(sum(cancelled_amount) as decimal(18, 4)) as cancelled_amount,
        cast(
            sum(gross_amount - discount_amount - refund_amount - cancelled_amount) as decimal(18, 4)
        ) as ledger_net_amount
    from flows
    group by
        source,
        {{ period_start('month', 'flow_date') }}
)

select * from sales_reconciliation
