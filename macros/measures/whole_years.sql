{#- How many whole years lie between a birth and a date, by the day of the year: who was born on 29 February is a year older on
    1 March in other years. -#}
{% macro whole_years(birth_date, date) -%}
    floor((
        year({{ date }}) * 10000 + month({{ date }}) * 100 + day({{ date }})
        - year({{ birth_date }}) * 10000 - month({{ birth_date }}) * 100 - day({{ birth_date }})
    ) / 10000.0)
{%- endmacro %}
