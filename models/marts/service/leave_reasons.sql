-- of what is known of a customer the first kind counts, of that the latest
with first_reasons as (
    select
        customer_number,
        started_on,
        reason
    from {{ ref('int_leave_evidence') }}
    qualify row_number() over (
        partition by customer_number, started_on
        order by place asc, happened_at desc nulls last, reason asc
    ) = 1
),

counted as (
    select
        {{ period_start('month', 'spells.started_on') }} as month_start,
        coalesce(reasons.reason, 'unknown') as reason,
        count(*) as customers
    from {{ ref('int_lapsed_spells') }} as spells
    left join first_reasons as reasons
        on
            spells.customer_number = reasons.customer_number
            and spells.started_on = reasons.started_on
    group by
        {{ period_start('month', 'spells.started_on') }},
        coalesce(reasons.reason, 'unknown')
),

leave_reasons as (
    select
        month_start,
        reason,
        customers,
        {{ share_of('customers', 'sum(customers) over (partition by month_start)') }} as share
    from counted
)

select * from leave_reasons
