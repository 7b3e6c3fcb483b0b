{#- When a visitor was whom, as a relation to select from: visitor, person, started_at, ended_at (exclusive).

    `named` is a relation of the events that say who their visitor was (visitor, person, occurred_at, event_id), no bot's
    among them. A visitor is the person named most recently; the first one named also owns what came before, from 1900
    on, and the last stays to the year 9999. One named as many people is a till or a kiosk, and nobody.
    Both ends are always given: joined by plain comparisons it is a hash join, with an `or` it takes minutes. -#}
{% macro visitor_spells(named) -%}
(
    with shared_visitors as (
        select visitor
        from {{ named }}
        group by visitor
        having count(distinct person) > {{ number_var('shared_visitor_customers') }}
    ),

    -- of two names at one instant that of the greatest event id decides
    moments as (
        select
            named.visitor,
            named.occurred_at,
            max_by(named.person, named.event_id) as person
        from {{ named }} as named
        left join shared_visitors
            on named.visitor = shared_visitors.visitor
        where shared_visitors.visitor is null
        group by
            named.visitor,
            named.occurred_at
    ),

    changes as (
        select
            *,
            lag(person) over (
                partition by visitor
                order by occurred_at
            ) as previous_person
        from moments
    )

    select
        visitor,
        person,
        case
            when previous_person is null then timestamp '1900-01-01 00:00:00' else occurred_at
        end as started_at,
        coalesce(lead(occurred_at) over (
            partition by visitor
            order by occurred_at
        ), timestamp '9999-01-01 00:00:00') as ended_at
    from changes
    where
        previous_person is null
        or person <> previous_person
)
{%- endmacro %}
