{#- The type of a contract column by its kind (raw_contract). -#}
{% macro kind_type(kind) %}
    {% if kind in ('amount', 'number') %}
        {{ return('decimal(18, 4)') }}
    {% elif kind == 'rate' %}
        {{ return('decimal(20, 10)') }}
    {% elif kind in ('day', 'birthday') %}
        {{ return('date') }}
    {% elif kind == 'time' %}
        {{ return(dbt.type_timestamp()) }}
    {% elif kind == 'flag' %}
        {{ return(dbt.type_boolean()) }}
    {% endif %}
    {{ return(dbt.type_string()) }}
{% endmacro %}
