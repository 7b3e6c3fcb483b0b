{#- The channel that brought a customer, or on which was spent, as one row of a table has it beside that of `all` channels. -#}
{% macro known_channel(channel) -%}
    coalesce(case when {{ lower_case(channel) }} = 'all' then 'other' else {{ lower_case(channel) }} end, 'unknown')
{%- endmacro %}
