{#- The type of a contract column by its kind (raw_contract). -#}
{% macro kind_type(kind) %}
    {{ return({
        'time': dbt.type_timestamp(), 'day': 'date', 'birthday': 'date', 'flag': dbt.type_boolean(),
        'amount': 'decimal(18, 4)', 'number': 'decimal(18, 4)', 'rate': 'decimal(20, 10)',
    }.get(kind, dbt.type_string())) }}
{% endmacro %}
