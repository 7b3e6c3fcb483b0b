-- An answer is the first response, else the resolution; where a date alone was given it took no less than
-- nothing. A channel named like the sum of all is no known one.
with int_tickets as (
    select
        tickets.ticket_key,
        {{ period_start('month', 'tickets.opened_date') }} as month_start,
        tickets.opened_date,
        tickets.opened_at,
        coalesce(nullif(tickets.channel, 'all'), 'unknown') as channel,
        tickets.topic,
        tickets.product_key,
        case when not people.is_staff then people.customer_number end as customer_number,
        coalesce(people.is_staff, false) as is_staff,
        tickets.is_proactive,
        tickets.is_complaint,
        tickets.resolved_date,
        {%- for name, seconds, until in [
            ('response_minutes', 60, 'coalesce(tickets.first_response_at, tickets.resolved_at)'),
            ('resolution_hours', 3600, 'tickets.resolved_at'),
        ] %}
        case
            when {{ until }} is not null
                then greatest(0, round({{ seconds_between('tickets.opened_at', until) }} / {{ seconds }}, 9))
        end as {{ name }},
        {%- endfor %}
        tickets.satisfaction
    from {{ ref('service_tickets') }} as tickets
    left join {{ ref('customers') }} as people
        on tickets.customer_number = people.customer_number
)

select * from int_tickets
