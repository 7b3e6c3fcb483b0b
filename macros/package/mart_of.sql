{#- A mart of another subject to select from; where that is switched off (has_subjects), no row of those of its `columns`
    (name: type) that are read: what they tell is then as unknown as in a shop that tells nothing of it. -#}
{% macro mart_of(subject, name, columns) -%}
    {%- if has_subjects([subject]) -%}
        {{ ref(name) }}
    {%- else -%}
    (
        select
            {%- for column, type in columns.items() %}
            cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        where false
    )
    {%- endif -%}
{%- endmacro %}
