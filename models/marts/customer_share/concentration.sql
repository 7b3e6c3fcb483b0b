{%- set percents = [1, 5, 10, 20, 50] -%}
-- Amounts below zero count as none. Whole units of the last digit add up exactly as doubles, up to
-- 900 billion, in half the time of decimals; what is larger, squares and sums of sums, is a whole decimal:
-- a sum of doubles depends on its order (DuckDB takes a product of 18 digits to have no more).
with customers as (
    select
        measure_window = 'all_time' as is_all_time,
        month_start,
        net_amount,
        cast(cast(greatest(net_amount, 0) as decimal(28, 4)) * 10000 as double) as floored_units
    from {{ ref('int_customer_windows') }}
    where
        orders > 0
        and customer_number is not null
),

totals as (
    select
        is_all_time,
        month_start,
        count(*) as customers,
        sum(net_amount) as net_amount,
        {%- for percent in percents %}
        cast(ceil(count(*) * {{ percent }} / 100.0) as bigint) as top_{{ percent }}_customers,
        {%- endfor %}
        sum(floored_units) as floored_units,
        count(*) filter (where net_amount < 0) as floored_customers
    from customers
    group by
        is_all_time,
        month_start
),

-- customers with the same amount may stand in any order: no measure changes
ranked as (
    select
        is_all_time,
        month_start,
        floored_units,
        cast(row_number() over best_first as bigint) as customer_rank,
        sum(floored_units) over best_first as running_units
    from customers
    window best_first as (
        partition by is_all_time, month_start
        order by floored_units desc
        rows between unbounded preceding and current row
    )
),

measures as (
    select
        ranked.is_all_time,
        ranked.month_start,
        {%- for percent in percents %}
        max(ranked.running_units) filter (where ranked.customer_rank = totals.top_{{ percent }}_customers)
            as top_{{ percent }}_units,
        {%- endfor %}
        cast(sum(cast(ranked.running_units as decimal(38, 0))) as double) as sum_of_running_units,
        cast(sum(
            cast(ranked.floored_units as decimal(19, 0)) * cast(ranked.floored_units as decimal(19, 0))
        ) as double) as sum_of_squares,
        min(ranked.customer_rank) filter (where ranked.running_units * 5 >= totals.floored_units * 4)
            as customers_for_80_percent
    from ranked
    inner join totals
        on
            ranked.is_all_time = totals.is_all_time
            and ranked.month_start = totals.month_start
    where totals.floored_units > 0
    group by
        ranked.is_all_time,
        ranked.month_start
),

concentration as (
    select
        windows.month_start,
        windows.measure_window,
        coalesce(totals.customers, 0) as customers,
        cast(coalesce(totals.net_amount, 0) as decimal(18, 4)) as net_amount,
        {%- for percent in percents %}
        {{ share_of('measures.top_' ~ percent ~ '_units', 'totals.floored_units') }}
            as top_{{ percent }}_percent_share,
        {%- endfor %}
        -- Gini with x ascending, 2 Σ i·x / (n Σ x) − (n + 1) / n: Σ i·x is the sum of the running sums
        round((
            2 * measures.sum_of_running_units / totals.floored_units - totals.customers - 1
        ) / totals.customers, 9) as gini,
        round(measures.sum_of_squares / (totals.floored_units * totals.floored_units), 9) as hhi,
        round(totals.floored_units * totals.floored_units / measures.sum_of_squares, 9)
            as effective_customers,
        measures.customers_for_80_percent,
        coalesce(totals.floored_customers, 0) as floored_customers,
        profits.top_20_percent_profit_share
    from {{ ref('int_measure_windows') }} as windows
    left join totals
        on
            windows.month_start = totals.month_start
            and (windows.measure_window = 'all_time') = totals.is_all_time
    left join measures
        on
            windows.month_start = measures.month_start
            and (windows.measure_window = 'all_time') = measures.is_all_time
    left join {{ ref('int_profit_shares') }} as profits
        on
            windows.month_start = profits.month_start
            and windows.measure_window = profits.measure_window
)

select * from concentration
