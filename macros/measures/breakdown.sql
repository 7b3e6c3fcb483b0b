{#- Two columns of a query by grouping sets: which of the columns a row is split by, and its value there. -#}
{% macro breakdown(columns) -%}
    case
        {%- for column in columns %}
        when grouping({{ column }}) = 0 then {{ literal(column) }}
        {%- endfor %}
    end as breakdown,
    coalesce({{ columns | join(', ') }}) as breakdown_value
{%- endmacro %}
