-- each order day starts the customer's stage anew, and silence changes it twice
with starts as (
    select
        customer_number,
        order_date as started_on,
        base_stage as stage
    from {{ ref('int_order_stages') }}
    union all
    select
        customer_number,
        at_risk_on as started_on,
        'at_risk' as stage
    from {{ ref('int_order_stages') }}
    where at_risk_on < coalesce(next_order_date, date '9999-12-31')
    union all
    select
        customer_number,
        lapsed_on as started_on,
        'lapsed' as stage
    from {{ ref('int_order_stages') }}
    where lapsed_on < coalesce(next_order_date, date '9999-12-31')
    union all
    select
        customers.customer_number,
        customers.created_date as started_on,
        'prospect' as stage
    from {{ ref('customers') }} as customers
    left join {{ ref('int_order_stages') }} as order_days
        on
            customers.customer_number = order_days.customer_number
            and customers.created_date >= order_days.order_date
    where
        not customers.is_staff
        and customers.created_date is not null
        and order_days.customer_number is null
),

int_lifecycle_spells as (
    select
        starts.customer_number,
        starts.started_on,
        lead(starts.started_on) over customer_spells as ended_on,
        starts.stage,
        lag(starts.stage) over customer_spells as previous_stage,
        cast(row_number() over customer_spells as bigint) as spell_number
    from starts
    cross join {{ ref('as_of') }} as dates
    where starts.started_on <= dates.as_of
    window customer_spells as (
        partition by starts.customer_number
        order by starts.started_on
    )
)

select * from int_lifecycle_spells
