{%- set columns = [
    'month_start', 'customer_number', 'is_proactive', 'is_complaint', 'resolved_date', 'satisfaction', 'response_minutes',
    'resolution_hours'
] -%}
{%- set in_a_cell = 'partition by month_start, channel, is_proactive' -%}
with tickets as (
    {%- for channel in ['channel', "'all'"] %}
    {{ 'union all' if not loop.first }}
    select
        {{ columns | join(', ') }},
        {{ channel }} as channel
    from {{ ref('int_tickets') }}
    {%- endfor %}
),

-- the open ones come last: to leave them out would flatter the months with a backlog
placed as (
    select
        *,
        count(*) over ({{ in_a_cell }}) as asked,
        row_number() over ({{ in_a_cell }} order by response_minutes asc nulls last) as response_place,
        row_number() over ({{ in_a_cell }} order by resolution_hours asc nulls last) as resolution_place
    from tickets
),

int_service_counts as (
    select
        month_start,
        channel,
        count(*) as tickets,
        count(distinct customer_number) as people,
        count(*) filter (where is_complaint) as complaints,
        count(*) filter (where is_proactive) as proactive_tickets,
        count(resolved_date) as resolved_tickets,
        {%- for column, value, place, tenths in [
            ('median_first_response_minutes', 'response_minutes', 'response_place', 5),
            ('p90_first_response_minutes', 'response_minutes', 'response_place', 9),
            ('median_resolution_hours', 'resolution_hours', 'resolution_place', 5),
        ] %}
        max({{ value }}) filter (
            where not is_proactive and {{ place }} = ceil({{ tenths }} * asked / 10.0)
        ) as {{ column }},
        {%- endfor %}
        round(cast(sum(satisfaction) as double) / nullif(count(satisfaction), 0), 9) as satisfaction_mean,
        count(satisfaction) as satisfaction_answers
    from placed
    group by
        month_start,
        channel
)

select * from int_service_counts
