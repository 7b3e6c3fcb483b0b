-- who changed stage in a month, from the stage before the month to the one at its end
with moves as (
    select
        customer_number,
        {{ period_start('month', 'started_on') }} as month_start,
        min_by(coalesce(previous_stage, 'none'), spell_number) as from_stage,
        max_by(stage, spell_number) as to_stage
    from {{ ref('int_lifecycle_spells') }}
    group by
        customer_number,
        {{ period_start('month', 'started_on') }}
),

moved as (
    select
        moves.month_start,
        moves.from_stage,
        moves.to_stage,
        count(*) as customers
    from moves
    inner join {{ ref('int_periods') }} as months
        on
            moves.month_start = months.period_start
            and months.period_grain = 'month'
    group by
        moves.month_start,
        moves.from_stage,
        moves.to_stage
),

arrivals as (
    select
        month_start,
        to_stage as stage,
        sum(customers) as customers
    from moved
    group by
        month_start,
        to_stage
),

-- all others in a stage at the month's end were there all along
stayed as (
    select
        {{ period_start('month', 'stock.period_end') }} as month_start,
        stock.stage as from_stage,
        stock.stage as to_stage,
        stock.customers - coalesce(arrivals.customers, 0) as customers
    from {{ ref('lifecycle_stock') }} as stock
    left join arrivals
        on
            {{ period_start('month', 'stock.period_end') }} = arrivals.month_start
            and stock.stage = arrivals.stage
    where stock.period_grain = 'month'
),

flows as (
    select
        month_start,
        from_stage,
        to_stage,
        sum(customers) as customers
    from (
        select * from moved
        union all
        select * from stayed
    ) as moved_and_stayed
    group by
        month_start,
        from_stage,
        to_stage
),

lifecycle_transitions as (
    select
        month_start,
        from_stage,
        to_stage,
        cast(customers as bigint) as customers,
        case
            when from_stage <> 'none'
                then {{ share_of('customers', 'sum(customers) over (partition by month_start, from_stage)') }}
        end as probability
    from flows
    where customers > 0
)

select * from lifecycle_transitions
