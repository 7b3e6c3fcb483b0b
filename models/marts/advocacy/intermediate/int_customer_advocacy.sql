{#- What each buyer said in the 365 days to as_of, and how often he bought in them. -#}
with buyers as (
    select
        orders.customer_number,
        count(distinct case
            when orders.order_date > {{ add_to_date('day', -365, 'dates.as_of') }} then orders.order_date
        end) as order_days
    from {{ ref('orders') }} as orders
    cross join {{ ref('as_of') }} as dates
    where
        orders.is_valid
        and orders.customer_number is not null
    group by orders.customer_number
),

usual as (
    select greatest(2, median(order_days)) as order_days
    from buyers
    where order_days > 0
),

-- the latest first: of events at one instant the greatest id
events as (
    select
        events.customer_number,
        events.occurred_at,
        events.event_type,
        events.kind,
        events.opinion,
        {{ days_from('events.event_date', 'dates.as_of') }} as age_days,
        row_number() over (
            partition by events.customer_number
            order by events.occurred_at, events.event_id, events.source
        ) as event_number
    from {{ ref('int_advocacy_events') }} as events
    inner join {{ ref('as_of') }} as dates
        on events.event_date > {{ add_to_date('day', -365, 'dates.as_of') }}
    where not events.is_incentivised
),

sayings as (
    select
        customer_number,
        count(*) filter (where kind = 'act') as acts,
        count(*) filter (where kind = 'signal') as signals,
        max(occurred_at) filter (where kind = 'act') as last_act_at,
        max_by(event_type, event_number) filter (where kind = 'act') as last_act_type,
        max_by(event_type, event_number) filter (where kind = 'signal') as last_signal_type,
        max_by(opinion, event_number) filter (where opinion is not null) as attitude,
        round({{ stable_sum(decayed(1, 'age_days'), "kind = 'signal'") }}, 9) as decayed_signals
    from events
    group by customer_number
),

int_customer_advocacy as (
    select
        buyers.customer_number,
        case
            when sayings.acts > 0 then 'lover'
            when sayings.signals > 0 then 'liker'
            else 'lurker'
        end as tier,
        coalesce(sayings.acts, 0) as acts_365d,
        coalesce(sayings.signals, 0) as signals_365d,
        sayings.last_act_at,
        coalesce(sayings.last_act_type, sayings.last_signal_type, 'no act or signal') as tier_reason,
        coalesce(sayings.decayed_signals, 0) as decayed_signals,
        buyers.order_days as order_days_365d,
        case when buyers.order_days >= usual.order_days then 'high' else 'low' end as patronage,
        coalesce(sayings.attitude, 'unknown') as attitude
    from buyers
    cross join usual
    left join sayings
        on buyers.customer_number = sayings.customer_number
)

select * from int_customer_advocacy
