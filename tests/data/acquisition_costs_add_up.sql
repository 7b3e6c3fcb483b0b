{{ config(enabled=has_subjects(['campaigns'])) }}
-- Channels add up to all of them in every month, every channel has every month, and over all months there is
-- what was spent, and every new order once.
with parts as (
    select
        month_start,
        count(*) as channels,
        sum(acquisition_amount) as acquisition_amount,
        sum(retention_amount) as retention_amount,
        sum(unassigned_amount) as unassigned_amount,
        sum(new_customers) as new_customers,
        sum(returning_customers) as returning_customers,
        sum(new_net_amount) as new_net_amount
    from {{ ref('acquisition_costs') }}
    where channel <> 'all'
    group by month_start
),

widest as (
    select max(channels) as channels
    from parts
),

sums as (
    select
        coalesce(sum(acquisition_amount + retention_amount + unassigned_amount), 0) as spend_amount,
        coalesce(sum(new_customers), 0) as new_customers,
        coalesce(sum(new_net_amount), 0) as new_net_amount
    from {{ ref('acquisition_costs') }}
    where channel = 'all'
),

spent as (
    select coalesce(sum(amount), 0) as amount
    from {{ ref('marketing_spend') }}
),

sold as (
    select
        count(*) as orders,
        coalesce(sum(net_amount), 0) as net_amount
    from {{ ref('orders') }}
    where
        is_valid
        and order_class = 'new'
)

select
    'channels of a month' as what,
    costs.month_start
from {{ ref('acquisition_costs') }} as costs
cross join widest
left join parts
    on costs.month_start = parts.month_start
where
    costs.channel = 'all'
    and (
        coalesce(parts.channels, 0) <> coalesce(widest.channels, 0)
        {%- for measure in [
            'acquisition_amount', 'retention_amount', 'unassigned_amount', 'new_customers', 'returning_customers',
            'new_net_amount'
        ] %}
        or costs.{{ measure }} <> coalesce(parts.{{ measure }}, 0)
        {%- endfor %}
    )
union all
select
    'all months' as what,
    null as month_start
from sums
cross join spent
cross join sold
where
    sums.spend_amount <> spent.amount
    or sums.new_customers <> sold.orders
    or sums.new_net_amount <> sold.net_amount
