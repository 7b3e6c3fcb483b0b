{#- An act or signal speaks for 365 days, its own date included; what overlaps or touches is one spell. -#}
with covers as (
    select
        customer_number,
        'act' as kind,
        event_date
    from {{ ref('int_advocacy_events') }}
    where
        kind = 'act'
        and not is_incentivised
    union
    select
        customer_number,
        'any' as kind,
        event_date
    from {{ ref('int_advocacy_events') }}
    where
        kind is not null
        and not is_incentivised
),

starts as (
    select
        customer_number,
        kind,
        event_date,
        lag(event_date) over (
            partition by customer_number, kind
            order by event_date
        ) as previous_date
    from covers
),

numbered as (
    select
        customer_number,
        kind,
        event_date,
        sum(case when event_date <= {{ add_to_date('day', 365, 'previous_date') }} then 0 else 1 end) over (
            partition by customer_number, kind
            order by event_date
        ) as spell_number
    from starts
),

int_advocacy_spells as (
    select
        customer_number,
        kind,
        min(event_date) as started_on,
        {{ add_to_date('day', 365, 'max(event_date)') }} as ended_on
    from numbered
    group by
        customer_number,
        kind,
        spell_number
)

select * from int_advocacy_spells
