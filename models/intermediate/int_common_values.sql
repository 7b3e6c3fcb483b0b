{#- What a published text may say. Few share what somebody typed in: a name, an address, a note. So a value
    is published only if enough orders, people or visitors share it and it is nobody's address. -#}
{%- set texts = {
    'orders': ['status', 'channel', 'device', 'country', 'region', 'coupon_code', 'referral_code'],
    'customers': ['country', 'region', 'acquisition_channel', 'household_size', 'income_band', 'lock_in'],
} -%}
{%- set email_owners = ['customers', 'orders', 'events', 'erasures'] -%}
{%- set id_owners = ['customers', 'orders', 'refunds', 'events', 'erasures'] -%}
with orders as (
    select staged.*
    from {{ ref('stg_orders') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on staged.order_date <= dates.as_of
),

customers as (
    select *
    from {{ ref('int_person_attributes') }}
),

-- who did what has a type that the seed does not know; what nobody did counts event by event
doers as (
    select distinct
        events.event_type,
        people.person_number,
        case when people.person_number is null then events.source end as visitor_source,
        case when people.person_number is null then events.anonymous_id end as anonymous_id,
        case when people.person_number is null and events.anonymous_id is null then events.row_id end
            as event_row_id
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    left join {{ ref('int_event_people') }} as people
        on events.row_id = people.event_row_id
    left join {{ ref('event_points') }} as points
        on events.event_type = points.event_type
    where points.event_type is null
),

-- each column is a grouping set of one: in its rows all others are null
counted as (
    {%- for table, columns in texts.items() %}
    select
        '{{ table }}' as table_name,
        case
            {%- for column in columns %}
            when {{ column }} is not null then '{{ column }}'
            {%- endfor %}
        end as column_name,
        coalesce({{ columns | join(', ') }}) as value,
        count(*) as sharers
    from {{ table }}
    group by grouping sets (({{ columns | join('), (') }}))
    union all
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
            sharers >= {{ var('rare_value_limit') }}
            or column_name = 'status' and value in (
                {%- for status in var('gates').known_statuses + var('invalid_statuses') -%}
                '{{ dbt.escape_single_quotes(status | lower) }}'{{ ', ' if not loop.last }}
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
    select {{ normal_email('email') }} as address
    from {{ ref('typed_' ~ table) }}
    where email is not null
    union all
    {%- endfor %}
    {%- for table in id_owners %}
    select {{ lower_case('customer_id') }} as address
    from {{ ref('typed_' ~ table) }}
    where customer_id like '%@%'
    union all
    {%- endfor %}
    {%- for table in ['customers', 'orders'] %}
    select {{ normal_phone('phone') }} as address
    from {{ ref('typed_' ~ table) }}
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
