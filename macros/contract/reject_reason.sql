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
    {%- if contract.one_of %}
    when coalesce({{ contract.one_of | join(', ') }}) is null then {{ literal('missing ' ~ listed(contract.one_of, 'and')) }}
    {%- endif %}
    {%- for column, kind in contract.columns.items() if column in present %}
        {%- set value = quoted(column) %}
        {%- set raw = quoted('raw_' ~ column) %}
        {%- if kind in ('time', 'day', 'birthday') %}
    when {{ value }} is null and {{ raw }} is not null then {{ literal('unparsable ' ~ column) }}
            {%- if column not in contract.is_plan %}
    when {{ value }} > timestamp {{ literal(latest) }}
                {%- if kind != 'birthday' %} or {{ value }} < timestamp '1990-01-01 00:00:00'{% endif %}
        then {{ literal('impossible ' ~ column) }}
            {%- endif %}
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
        {%- elif kind == 'year' %}
    when length({{ value }}) <> 4 or translate({{ value }}, '0123456789', '') <> '' then {{ literal('unparsable ' ~ column) }}
        {%- endif %}
        {%- if column in contract['values'] %}
    when {{ value }} not in ({{ literals(contract['values'][column]) }}) then {{ literal('unknown ' ~ column) }}
        {%- endif %}
    {%- endfor %}
    {%- for column in contract.together or [] %}
    {%- set other = contract.together | reject('eq', column) | first %}
    when {{ column }} is not null and {{ other }} is null then {{ literal(column ~ ' without ' ~ other) }}
    {%- endfor %}
    {%- for rule in ('at_least', 'at_most') %}
    {%- for column, bound in contract[rule].items() if column in present and (bound in present or bound is number) %}
    when {{ is_beyond(rule, column, bound, contract, present) }}
        then {{ literal(column ~ ' ' ~ ({'at_least': 'before', 'at_most': 'after'} if contract.columns[column] == 'time'
            else {'at_least': 'below', 'at_most': 'above'})[rule] ~ ' ' ~ bound) }}
    {%- endfor %}
    {%- endfor %}
end
{%- endmacro %}

{#- Whether a column's value lies beyond its bound, a number or another column. Of two times, one of which is a date alone, the
    business dates are compared: what was opened at ten and closed that day was not closed before. -#}
{% macro is_beyond(rule, column, bound, contract, present) -%}
    {%- set sign = {'at_least': '<', 'at_most': '>'}[rule] -%}
    {%- if contract.columns[column] == 'time' -%}
        case
            when {{ is_date_alone(quoted('raw_' ~ column), present[column]) }} or {{ is_date_alone(quoted('raw_' ~ bound), present[bound]) }}
                then {{ contract.dates[column] }} {{ sign }} {{ contract.dates[bound] }}
            else {{ quoted(column) }} {{ sign }} {{ quoted(bound) }}
        end
    {%- else -%}
        {{ quoted(column) }} {{ sign }} {{ bound if bound is number else quoted(bound) }}
    {%- endif -%}
{%- endmacro %}

{#- Names in a row of words: a, b and c. -#}
{% macro listed(names, word) %}
    {{ return((names[:-1] | join(', ')) ~ ' ' ~ word ~ ' ' ~ names[-1]) }}
{% endmacro %}
