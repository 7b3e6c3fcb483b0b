{#- An id as a text by which ids are put in order: those of digits alone as numbers, and before the others. -#}
{% macro id_order(id) -%}
    case
        when translate({{ id }}, '0123456789', '') = ''
            then lpad(cast(length(trim(leading '0' from {{ id }})) as {{ dbt.type_string() }}), 6, '0')
                || trim(leading '0' from {{ id }})
        else ':' || {{ id }}
    end
{%- endmacro %}
