{#- Whether a text is a whole number as a spreadsheet shows it when it is long (4.36601E+11): the digits behind are lost. Of an
    id the exponent's sign has to be written (5e7 is an id); a phone number has no exponent at all. -#}
{% macro has_lost_digits(text, kind='id') %}
    {%- set sign = '[+]?' if kind == 'phone' else '[+]' %}
    {#- a sign that most texts lack is looked for first: that costs a tenth -#}
    {%- set rare = "contains(lower(" ~ text ~ "), 'e')" if kind == 'phone' else "contains(" ~ text ~ ", '+')" %}
    {{ return('(' ~ rare ~ ' and ' ~ adapter.dispatch('is_all_of')(text, '[+-]?[0-9]([.,][0-9]+)?[eE]' ~ sign ~ '[0-9]+') ~ ')') }}
{% endmacro %}

{#- Whether a text is all of a regular expression. -#}
{% macro duckdb__is_all_of(text, pattern) -%}
    regexp_full_match({{ text }}, {{ literal(pattern) }})
{%- endmacro %}

{% macro spark__is_all_of(text, pattern) -%}
    {{ text }} rlike {{ literal('^' ~ pattern ~ '\\z') }}
{%- endmacro %}
