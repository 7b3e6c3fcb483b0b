{#- An id as a text by which ids are put in order: those of digits alone as numbers, and before the others. -#}
{% macro id_order(id) -%}
    case
        when translate({{ id }}, '0123456789', '') = ''
            then lpad(cast(length(ltrim({{ id }}, '0')) as {{ dbt.type_string() }}), 6, '0') || ltrim({{ id }}, '0')
        else ':' || {{ id }}
    end
{%- endmacro %}
