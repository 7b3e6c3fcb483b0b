{#- Whether a raw column's own type already says what its kind (raw_contract) wants; else it is read as text. -#}
{% macro reads_natively(kind, type) %}
    {{ return(adapter.dispatch('reads_natively')(kind, type)) }}
{% endmacro %}

{% macro duckdb__reads_natively(kind, type) %}
    {% if kind in ('time', 'day', 'birthday') %}
        {{ return(type == 'DATE' or type.startswith('TIMESTAMP')) }}
    {% elif kind in ('amount', 'number', 'rate') %}
        {{ return(type in ('DOUBLE', 'FLOAT') or type.endswith('INT') or type.endswith('INTEGER')
            or type.startswith('DECIMAL')) }}
    {% endif %}
    {{ return(kind == 'flag' and type == 'BOOLEAN') }}
{% endmacro %}

{% macro spark__reads_natively(kind, type) %}
    {{ return(duckdb__reads_natively(kind, type)) }}
{% endmacro %}
