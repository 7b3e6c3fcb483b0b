with periods as (
    select
        period_grain,
        period_end
    from {{ ref('int_periods') }}
    where period_grain in ('week', 'month')
),

stages as (
    {%- for stage in ['prospect', 'new', 'active', 'at_risk', 'lapsed', 'reactivated'] %}
    select {{ literal(stage) }} as stage
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- a spell adds a customer to its stage on its first day and takes one away on the day it ends
changes as (
    select
        stage,
        started_on as change_date,
        count(*) as change
    from {{ ref('int_lifecycle_spells') }}
    group by
        stage,
        started_on
    union all
    select
        stage,
        ended_on as change_date,
        -count(*) as change
    from {{ ref('int_lifecycle_spells') }}
    where ended_on is not null
    group by
        stage,
        ended_on
),

counted as (
    select
        periods.period_grain,
        periods.period_end,
        changes.stage,
        sum(changes.change) as customers
    from periods
    inner join changes
        on periods.period_end >= changes.change_date
    group by
        periods.period_grain,
        periods.period_end,
        changes.stage
),

lifecycle_stock as (
    select
        periods.period_grain,
        periods.period_end,
        stages.stage,
        cast(coalesce(counted.customers, 0) as bigint) as customers,
        {{ share_of('coalesce(counted.customers, 0)', 'sum(counted.customers) over period') }} as share,
        cast(coalesce(sales.net_amount, 0) as decimal(18, 4)) as net_amount
    from periods
    cross join stages
    left join counted
        on
            periods.period_grain = counted.period_grain
            and periods.period_end = counted.period_end
            and stages.stage = counted.stage
    left join {{ ref('int_sales_by_stage') }} as sales
        on
            periods.period_grain = sales.period_grain
            and periods.period_end = sales.period_end
            and stages.stage = sales.stage
    window period as (
        partition by periods.period_grain, periods.period_end
    )
)

select * from lifecycle_stock
