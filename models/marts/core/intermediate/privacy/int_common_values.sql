{#- What a published text may say. Few share what somebody typed in: a name, an address, a note. So a value
    is published only if enough orders, people or visitors share it and it is nobody's address. -#}
{%- set texts = {
    'orders': ['status', 'channel', 'device', 'country', 'region', 'coupon_code', 'referral_code'],
    'customers': ['country', 'region', 'acquisition_channel', 'household_size', 'income_band', 'lock_in'],
} -%}
{%- set email_owners = ['customers', 'orders', 'events', 'erasures'] -%}
{%- set id_owners = ['customers', 'orders', 'refunds', 'events', 'erasures'] -%}
-- who did what has a type that the seed does not know; what nobody did counts event by event
with doers as (
    select distinct
        events.event_type,
        events.customer_number,
        case when events.customer_number is null then events.visitor_number end as visitor_number,
        case when coalesce(events.customer_number, events.visitor_number) is null then events.event_number end
            as event_number
    from {{ ref('int_events') }} as events
    left join {{ ref('event_points') }} as points
        on events.event_type = points.event_type
    where points.event_type is null
),

counted as (
    {%- for table, columns in texts.items() %}
    {%- for column in columns %}
    select
        {{ literal(table) }} as table_name,
        {{ literal(column) }} as column_name,
        {{ column }} as value,
        count(*) as sharers
    {%- if table == 'orders' %}
    from {{ ref('stg_orders') }}
    where order_date <= (select dates.as_of from {{ ref('as_of') }} as dates)
    {%- else %}
    from {{ ref('int_customer_attributes') }}
    {%- endif %}
    group by {{ column }}
    union all
    {%- endfor %}
    {%- endfor %}
    select
        'events' as table_name,
        'event_type' as column_name,
        event_type as value,
        count(*) as sharers
    from doers
    group by event_type
),

shared as (
    select
        table_name,
        column_name,
        value
    from counted
    where
        value is not null
        and (
            sharers >= {{ number_var('rare_value_limit') }}
            or column_name = 'status' and value in (
                {%- for status in var('gates').get('known_statuses', []) + var('invalid_statuses') -%}
                {{ literal(status | lower) }}{{ ', ' if not loop.last }}
                {%- endfor -%}
            )
        )
),

-- only what looks like an address is looked up among those that were delivered
suspects as (
    select
        table_name,
        column_name,
        value,
        {{ each_match(lower_case('value'), '[^ ,;:<>()"]+@[^ ,;:<>()"]*[^ ,;:<>()".!?]') }} as address
    from shared
    where value like '%@%'
    union all
    select
        table_name,
        column_name,
        value,
        {{ lower_case('value') }} as address
    from shared
    where value like '%@%'
    union all
    select
        table_name,
        column_name,
        value,
        {{ normal_phone('value') }} as address
    from shared
    where length({{ normal_phone('value') }}) between 7 and 15
),

delivered as (
    {%- for table in email_owners %}
    select {{ lower_case('email') }} as address
    from {{ ref('base_' ~ table) }}
    where email is not null
    union all
    {%- endfor %}
    {%- for table in id_owners %}
    select {{ lower_case('customer_id') }} as address
    from {{ ref('base_' ~ table) }}
    where customer_id like '%@%'
    union all
    {%- endfor %}
    {%- for table in ['customers', 'orders'] %}
    select {{ normal_phone('phone') }} as address
    from {{ ref('base_' ~ table) }}
    where phone is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

addresses as (
    select distinct
        suspects.table_name,
        suspects.column_name,
        suspects.value
    from suspects
    inner join delivered
        on suspects.address = delivered.address
),

int_common_values as (
    select
        shared.table_name,
        shared.column_name,
        shared.value
    from shared
    left join addresses
        on
            shared.table_name = addresses.table_name
            and shared.column_name = addresses.column_name
            and shared.value = addresses.value
    where addresses.value is null
    union all
    select
        'events' as table_name,
        'event_type' as column_name,
        event_type as value
    from {{ ref('event_points') }}
)

select * from int_common_values
