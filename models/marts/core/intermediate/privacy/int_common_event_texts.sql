-- as of the types of events: people and visitors share a text, and what nobody did counts event by event
with facts as (
    select
        facts.customer_number,
        case when facts.customer_number is null then facts.visitor_number end as visitor_number,
        case
            when coalesce(facts.customer_number, facts.visitor_number) is null then facts.event_number
        end as event_number,
        texts.topic,
        texts.channel,
        texts.device
    from {{ ref('int_events') }} as facts
    inner join {{ ref('stg_events') }} as texts
        on facts.event_number = texts.row_id
),

doers as (
    {%- for column in ['topic', 'channel', 'device'] %}
    {{ 'union all' if not loop.first }}
    select distinct
        {{ literal(column) }} as column_name,
        {{ column }} as value,
        customer_number,
        visitor_number,
        event_number
    from facts
    where {{ column }} is not null
    {%- endfor %}
),

counted as (
    select
        column_name,
        value,
        count(*) as sharers
    from doers
    group by
        column_name,
        value
),

int_common_event_texts as (
    select
        common.column_name,
        common.value
    from {{ common_values('counted') }} as common
)

select * from int_common_event_texts
