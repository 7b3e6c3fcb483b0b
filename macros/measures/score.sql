{#- A score from 1 to the number of steps by the rank among all rows, the greatest highest.

    Equal values get the equal score; nulls are not allowed. -#}
{% macro score(steps, value) -%}
    1 + least({{ steps - 1 }}, cast(floor({{ steps }} * percent_rank() over (order by {{ value }})) as bigint))
{%- endmacro %}
