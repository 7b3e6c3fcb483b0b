{#- The first rule of the contract that a parsed row breaks by itself, else null.

    `present` maps the contract columns that the file has to their types; raw_<column> is the value before
    it was parsed. -#}
{% macro reject_reason(contract, present, latest) -%}
case
    {%- for column in contract.key if column in present and contract.columns[column] in ('id', 'person') %}
    when {{ has_lost_digits('cast(' ~ quoted('raw_' ~ column) ~ ' as ' ~ dbt.type_string() ~ ')') }}
        then {{ literal('digits of ' ~ column ~ ' lost in a spreadsheet') }}
    {%- endfor %}
    {%- for column in contract.required %}
    when {{ quoted(column if kind_type(contract.columns[column]) == dbt.type_string() else 'raw_' ~ column) }} is null
        then {{ literal('missing ' ~ column) }}
    {%- endfor %}
    {%- for column, kind in contract.columns.items() if column in present %}
        {%- set value = quoted(column) %}
        {%- set raw = quoted('raw_' ~ column) %}
        {%- if kind in ('time', 'day', 'birthday') %}
    when {{ value }} is null and {{ raw }} is not null then {{ literal('unparsable ' ~ column) }}
    when {{ value }} > timestamp {{ literal(latest) }}
            {%- if kind != 'birthday' %} or {{ value }} < timestamp '1990-01-01 00:00:00'{% endif %}
        then {{ literal('impossible ' ~ column) }}
        {%- elif kind in ('amount', 'number', 'rate') %}
    when
        {{ value }} is null and {{ raw }} is not null
        and not {{ looks_like_number('cast(' ~ raw ~ ' as ' ~ dbt.type_string() ~ ')') }}
        then {{ literal('unparsable ' ~ column) }}
    when ({{ value }} is null and {{ raw }} is not null)
            {%- if kind != 'rate' %} or abs({{ value }}) > 1000000000000{% endif %}
        then {{ literal(column ~ ' too large') }}
            {%- if kind == 'amount' %}
    when {{ value }} < 0 then {{ literal('negative ' ~ column) }}
            {%- elif kind == 'rate' %}
    when {{ value }} <= 0 then {{ literal(column ~ ' not above zero') }}
            {%- endif %}
        {%- elif kind == 'flag' %}
    when {{ value }} is null and {{ raw }} is not null then {{ literal('unparsable ' ~ column) }}
        {%- endif %}
    {%- endfor %}
end
{%- endmacro %}
