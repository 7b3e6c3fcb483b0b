with months as (
    select
        months.month_start,
        {{ add_to_date('month', 1, 'months.month_start') }} = months.window_end as is_complete
    from {{ ref('int_months') }} as months
    inner join {{ ref('as_of') }} as dates
        on months.month_start >= {{ period_start('month', 'dates.history_start') }}
),

-- to compare with: of a hundred people in a community ninety read, nine join in, one speaks
benchmarks as (
    {%- for tier, share in [('lover', 0.01), ('liker', 0.09), ('lurker', 0.9)] %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(tier) }} as tier,
        cast({{ share }} as double) as benchmark_share
    {%- endfor %}
),

moves as (
    select
        month_start,
        to_tier as tier,
        count(*) as customers
    from {{ ref('int_tier_changes') }}
    group by
        month_start,
        to_tier
    union all
    select
        month_start,
        from_tier as tier,
        -count(*) as customers
    from {{ ref('int_tier_changes') }}
    group by
        month_start,
        from_tier
),

-- a tier's customers are all that ever came to it less all that left it
stocks as (
    select
        months.month_start,
        benchmarks.tier,
        benchmarks.benchmark_share,
        months.is_complete,
        cast(coalesce(sum(moves.customers), 0) as bigint) as customers
    from months
    cross join benchmarks
    left join moves
        on
            benchmarks.tier = moves.tier
            and months.month_start >= moves.month_start
    group by
        months.month_start,
        benchmarks.tier,
        benchmarks.benchmark_share,
        months.is_complete
),

shares as (
    select
        *,
        {{ share_of('customers', 'sum(customers) over (partition by month_start)') }} as customer_share
    from stocks
),

advocacy_tier_summary as (
    select
        month_start,
        tier,
        customers,
        customer_share as share,
        benchmark_share,
        round(customer_share - benchmark_share, 9) as gap,
        is_complete
    from shares
)

select * from advocacy_tier_summary
