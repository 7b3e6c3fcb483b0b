-- no month of a shop without lines, of which nobody knows what customers hold
with months as (
    select
        periods.period_start as month_start,
        {{ add_to_date('month', -12, 'periods.period_start') }} as window_start,
        {{ add_to_date('month', 12, 'periods.period_start') }} as year_end
    from {{ ref('int_periods') }} as periods
    inner join {{ ref('as_of') }} as dates
        on
            {{ add_to_date('month', -12, 'periods.period_start') }} >= dates.history_start
            and {{ add_to_date('month', 12, 'periods.period_start') }}
            <= {{ add_to_date('day', 1, 'dates.as_of') }}
    cross join {{ ref('int_shop_lines') }} as shop
    where
        periods.period_grain = 'month'
        and shop.has_lines
    order by periods.period_start desc
    limit {{ number_var('held_months', 1) }}
),

order_months as (
    select distinct
        customer_number,
        {{ period_start('month', 'order_date') }} as order_month
    from {{ ref('int_valid_orders') }}
    where customer_number is not null
),

gaps as (
    select
        customer_number,
        order_month,
        coalesce(
            lead(order_month) over (partition by customer_number order by order_month), date '9999-12-31'
        ) as next_order_month
    from order_months
),

-- each customer once a month: by the last month with an order before it
buyers as (
    select
        months.month_start,
        gaps.customer_number,
        gaps.next_order_month < months.year_end as is_retained
    from gaps
    inner join months
        on
            gaps.order_month < months.month_start
            and gaps.order_month >= months.window_start
            and gaps.next_order_month >= months.month_start
),

bands as (
    select
        band,
        min_products,
        coalesce(lead(min_products) over (order by min_products), 9e15) as next_min_products
    from {{ ref('held_bands') }}
),

-- how long the customer is one, and how many products he holds
placed as (
    select
        buyers.month_start,
        buyers.is_retained,
        people.is_left_censored,
        {{ days_from(tenure_start('people'), 'buyers.month_start') }}
            as tenure_days,
        coalesce(held.products, 0) as products
    from buyers
    inner join {{ ref('customers') }} as people
        on buyers.customer_number = people.customer_number
    left join {{ ref('int_held_counts') }} as held
        on
            buyers.customer_number = held.customer_number
            and buyers.month_start > held.held_after
            and buyers.month_start <= held.held_until
),

products_held as (
    select
        placed.month_start,
        {{ tenure_band('placed.tenure_days') }} as tenure_band,
        bands.band as held_band,
        count(*) as customers,
        count(*) filter (where placed.is_retained) as retained_customers,
        {{ share_of('count(*) filter (where placed.is_retained)', 'count(*)') }} as retention_rate,
        {{ wilson('low', 'count(*) filter (where placed.is_retained)', 'count(*)') }} as low,
        {{ wilson('high', 'count(*) filter (where placed.is_retained)', 'count(*)') }} as high,
        bool_or(placed.is_left_censored) as is_left_censored
    from placed
    inner join bands
        on
            placed.products >= bands.min_products
            and placed.products < bands.next_min_products
    group by all
)

select * from products_held
