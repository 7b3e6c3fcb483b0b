{%- set percents = [1, 5, 10, 20, 50] -%}
{%- set whole = 'totals.floored_amount' -%}
with customers as (
    select
        measure_window,
        month_start,
        person_number,
        net_amount,
        cast(greatest(net_amount, 0) as decimal(18, 4)) as floored_amount
    from {{ ref('int_customer_windows') }}
    where
        orders > 0
        and person_number is not null
),

totals as (
    select
        measure_window,
        month_start,
        count(*) as customers,
        sum(net_amount) as net_amount,
        sum(floored_amount) as floored_amount,
        count(*) filter (where net_amount < 0) as floored_customers
    from customers
    group by
        measure_window,
        month_start
),

ranked as (
    select
        measure_window,
        month_start,
        floored_amount,
        row_number() over best_first as customer_rank,
        sum(floored_amount) over best_first as running_amount
    from customers
    window best_first as (
        partition by measure_window, month_start
        order by net_amount desc, person_number asc
        rows between unbounded preceding and current row
    )
),

-- Gini with x ascending, 2 Σ i·x / (n Σ x) − (n + 1) / n, where i = n + 1 − rank
measures as (
    select
        ranked.measure_window,
        ranked.month_start,
        {%- for percent in percents %}
        sum(ranked.floored_amount) filter (
            where ranked.customer_rank <= ceil(totals.customers * {{ percent }} / 100.0)
        ) as top_{{ percent }}_amount,
        {%- endfor %}
        sum(
            cast(ranked.floored_amount as decimal(26, 4))
            * cast(totals.customers + 1 - ranked.customer_rank as decimal(12, 0))
        ) as weighted_amount,
        sum(
            cast(ranked.floored_amount as double) / cast(totals.floored_amount as double)
            * cast(ranked.floored_amount as double) / cast(totals.floored_amount as double)
        ) filter (where totals.floored_amount > 0) as hhi,
        min(ranked.customer_rank) filter (
            where {{ whole }} > 0 and ranked.running_amount * 5 >= {{ whole }} * 4
        ) as customers_for_80_percent
    from ranked
    inner join totals
        on
            ranked.measure_window = totals.measure_window
            and ranked.month_start = totals.month_start
    group by
        ranked.measure_window,
        ranked.month_start
),

measure_windows as (
    select 'all_time' as measure_window
    union all
    select 'trailing_12m' as measure_window
),

concentration as (
    select
        months.month_start,
        windows.measure_window,
        coalesce(totals.customers, 0) as customers,
        cast(coalesce(totals.net_amount, 0) as decimal(18, 4)) as net_amount,
        {%- for percent in percents %}
        {{ share_of('measures.top_' ~ percent ~ '_amount', whole) }} as top_{{ percent }}_percent_share,
        {%- endfor %}
        round(
            case
                when totals.floored_amount > 0
                    then (
                        2 * cast(measures.weighted_amount as double) / cast(totals.floored_amount as double)
                        - totals.customers - 1
                    ) / totals.customers
            end, 9
        ) as gini,
        round(measures.hhi, 9) as hhi,
        round(1 / measures.hhi, 9) as effective_customers,
        measures.customers_for_80_percent,
        coalesce(totals.floored_customers, 0) as floored_customers
    from {{ ref('int_months') }} as months
    cross join measure_windows as windows
    left join totals
        on
            months.month_start = totals.month_start
            and windows.measure_window = totals.measure_window
    left join measures
        on
            months.month_start = measures.month_start
            and windows.measure_window = measures.measure_window
)

select * from concentration
