{#- Days from a date to the next birthday, 0 on it: of 29 February on the 28th in other years. Null over 110 years: a form's default. -#}
{% macro days_to_birthday(birth_date, date) -%}
    {%- set years = '(year(' ~ date ~ ') - year(' ~ birth_date ~ '))' -%}
    {%- set this_year = add_to_date('year', years, birth_date) -%}
    case
        when {{ whole_years(birth_date, date) }} > 110 then null
        when {{ this_year }} >= {{ date }} then {{ days_from(date, this_year) }}
        else {{ days_from(date, add_to_date('year', '(' ~ years ~ ' + 1)', birth_date)) }}
    end
{%- endmacro %}
