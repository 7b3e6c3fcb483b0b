-- Each customer once a month that is compared: by the last order day up to the day from which on is counted.
with months as (
    select
        month_start,
        {{ add_to_date('day', 14, 'month_start') }} as middle_day
    from {{ ref('int_service_months') }}
    where is_compared
),

contacts as (
    select
        months.month_start,
        tickets.customer_number,
        min(tickets.opened_date) as contacted_on
    from {{ ref('int_tickets') }} as tickets
    inner join months
        on tickets.month_start = months.month_start
    where tickets.customer_number is not null
    group by
        months.month_start,
        tickets.customer_number
),

order_days as (
    select
        customer_number,
        order_date,
        coalesce(next_order_date, date '9999-12-31') as next_order_date,
        day_number
    from {{ ref('int_order_days') }}
),

placed as (
    select
        contacts.month_start,
        true as is_treated,
        {{ days_from('days.order_date', 'contacts.contacted_on') }} as recency_days,
        days.day_number as order_days,
        days.next_order_date <= {{ add_to_date('day', 90, 'contacts.contacted_on') }} as is_repeated
    from contacts
    inner join order_days as days
        on
            contacts.customer_number = days.customer_number
            and contacts.contacted_on >= days.order_date
            and contacts.contacted_on < days.next_order_date
    union all
    select
        months.month_start,
        false as is_treated,
        {{ days_from('days.order_date', 'months.middle_day') }} as recency_days,
        days.day_number as order_days,
        days.next_order_date <= {{ add_to_date('day', 90, 'months.middle_day') }} as is_repeated
    from order_days as days
    inner join {{ few_rows('months') }} as months
        on
            days.order_date <= months.middle_day
            and days.next_order_date > months.middle_day
    left join contacts
        on
            months.month_start = contacts.month_start
            and days.customer_number = contacts.customer_number
    where contacts.customer_number is null
),

counted as (
    select
        month_start,
        is_treated,
        recency_days,
        order_days,
        count(*) as customers,
        count(*) filter (where is_repeated) as repeated
    from placed
    group by all
),

int_repeat_cells as (
    select
        {%- for group, condition in {
            'treated': 'counted.is_treated', 'control': 'not counted.is_treated'
        }.items() %}
        {%- for count in ['customers', 'repeated'] %}
        cast(coalesce(sum(counted.{{ count }}) filter (where {{ condition }}), 0) as bigint)
            as {{ group }}_{{ count }},
        {%- endfor %}
        {%- endfor %}
        counted.month_start,
        cells.recency_band,
        cells.frequency_band
    from counted
    inner join {{ grid_cells() }} as cells
        on
            {{ is_in_cell('counted', 'cells') }}
    group by
        counted.month_start,
        cells.recency_band,
        cells.frequency_band
)

select * from int_repeat_cells
