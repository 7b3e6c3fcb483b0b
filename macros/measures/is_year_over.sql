{#- Whether a calendar year, as a number, is over on a date: its last day is over with itself. -#}
{% macro is_year_over(year, date) -%}
    ({{ year }} < year({{ add_to_date('day', 1, date) }}))
{%- endmacro %}
