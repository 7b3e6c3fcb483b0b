{#- The last value of a column that is not null, over a window's rows up to the current one. -#}
{% macro last_known(column, window) %}
    {{ return(adapter.dispatch('last_known')(column, window)) }}
{% endmacro %}

{% macro duckdb__last_known(column, window) -%}
    last_value({{ column }} ignore nulls) over ({{ window }} rows between unbounded preceding and current row)
{%- endmacro %}

{% macro spark__last_known(column, window) -%}
    last_value({{ column }}) ignore nulls over ({{ window }} rows between unbounded preceding and current row)
{%- endmacro %}
