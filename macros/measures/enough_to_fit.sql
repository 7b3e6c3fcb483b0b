{#- Whether a value model is fitted at all: it takes 500 customers who came back, and 180 days of history. -#}
{% macro enough_to_fit() -%}
    repeat_customers >= 500
        and history_days >= 180
{%- endmacro %}
