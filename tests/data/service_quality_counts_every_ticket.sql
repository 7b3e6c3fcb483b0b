{{ config(enabled=has_subjects(['service'])) }}
{%- set sums = ['tickets', 'complaints', 'proactive_tickets', 'resolved_tickets', 'satisfaction_answers'] -%}
-- Every ticket is in one channel of its month, and all is the sum; people may have used several channels.
with tickets as (
    select
        {{ period_start('month', 'opened_date') }} as month_start,
        count(*) as tickets,
        count(*) filter (where is_complaint) as complaints,
        count(*) filter (where is_proactive) as proactive_tickets,
        count(resolved_date) as resolved_tickets,
        count(satisfaction) as satisfaction_answers
    from {{ ref('service_tickets') }}
    group by {{ period_start('month', 'opened_date') }}
),

months as (
    select
        month_start,
        {%- for part, condition in {'all': "= 'all'", 'channel': "<> 'all'"}.items() %}
        {%- for count in sums %}
        coalesce(sum({{ count }}) filter (where channel {{ condition }}), 0) as {{ part }}_{{ count }},
        {%- endfor %}
        {%- endfor %}
        max(people) filter (where channel = 'all') as all_people,
        max(people) filter (where channel <> 'all') as most_people,
        coalesce(sum(people) filter (where channel <> 'all'), 0) as channel_people,
        count(*) as cells
    from {{ ref('service_quality') }}
    group by month_start
),

sizes as (
    select count(distinct channel) as channels
    from {{ ref('service_quality') }}
)

select coalesce(months.month_start, tickets.month_start) as month_start
from months
cross join sizes
full outer join tickets
    on months.month_start = tickets.month_start
where
    months.month_start is null
    or months.cells <> sizes.channels
    or months.all_people < months.most_people
    or months.all_people > months.channel_people
    {%- for count in sums %}
    or months.all_{{ count }} <> months.channel_{{ count }}
    or months.all_{{ count }} <> coalesce(tickets.{{ count }}, 0)
    {%- endfor %}
