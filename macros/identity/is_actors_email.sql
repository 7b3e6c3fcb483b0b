{#- Whether the email on an event is that of who acted: any is, but where the event's type carries somebody else's (an invited
    friend's). `event_type` is the type's column, with its alias. -#}
{% macro is_actors_email(event_type) -%}
    not coalesce({{ event_type }} in (
        select types.event_type
        from {{ ref('event_points') }} as types
        where types.is_email_of_other
    ), false)
{%- endmacro %}
