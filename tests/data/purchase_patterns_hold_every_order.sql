{{ config(enabled=has_subjects(['profile'])) }}
-- Whatever the orders of 365 days are split by, all are there: in 168 cells, and seven without an hour.
with sold as (
    select
        count(*) as orders,
        coalesce(sum(orders.net_amount), 0) as net_amount,
        count(*) filter (where orders.order_hour is null) as dates_alone,
        coalesce(sum(orders.net_amount) filter (where orders.distinct_products > 0), 0) as known_net_amount
    from {{ ref('orders') }} as orders
    inner join {{ ref('as_of') }} as dates
        on orders.order_date > {{ add_to_date('day', -365, 'dates.as_of') }}
    where orders.is_valid
),

patterns as (
    select
        segment_by,
        sum(orders) as orders,
        sum(net_amount) as net_amount,
        coalesce(sum(orders) filter (where hour is null), 0) as dates_alone
    from {{ ref('purchase_patterns') }}
    group by segment_by
),

mixes as (
    select
        segment_by,
        sum(orders) as orders,
        sum(single_item_net_amount + multi_item_net_amount) as known_net_amount
    from {{ ref('basket_mix') }}
    group by segment_by
),

segments as (
    select
        segment_by,
        segment,
        count(*) as cells,
        count(*) filter (where hour is null) as dateless_cells,
        avg(index) as mean_index
    from {{ ref('purchase_patterns') }}
    group by
        segment_by,
        segment
)

select
    'all of a breakdown' as what,
    patterns.segment_by
from patterns
full outer join mixes
    on patterns.segment_by = mixes.segment_by
cross join sold
where
    coalesce(patterns.orders, 0) <> sold.orders
    or coalesce(patterns.net_amount, 0) <> sold.net_amount
    or coalesce(patterns.dates_alone, 0) <> sold.dates_alone
    or coalesce(mixes.orders, 0) <> sold.orders
    or coalesce(mixes.known_net_amount, 0) <> sold.known_net_amount
union all
select
    'the cells of a segment' as what,
    segments.segment_by
from segments
full outer join {{ ref('basket_mix') }} as mixes
    on
        segments.segment_by = mixes.segment_by
        and segments.segment = mixes.segment
where
    coalesce(segments.cells, 0) - coalesce(segments.dateless_cells, 0) <> 168
    or segments.dateless_cells not in (0, 7)
    or abs(segments.mean_index - 100) > 1e-6
    or mixes.segment is null
