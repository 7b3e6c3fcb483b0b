{#- What somebody uses mostly, for three fifths of at least three times; else mixed, and null under three times.

    `value` is what was used most often, `times` of `all_times`. -#}
{% macro preference(value, times, all_times) -%}
    case
        when {{ all_times }} >= 3 and 5 * {{ times }} >= 3 * {{ all_times }} then {{ value }}
        when {{ all_times }} >= 3 then 'mixed'
    end
{%- endmacro %}
