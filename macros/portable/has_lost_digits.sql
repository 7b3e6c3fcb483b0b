{#- Whether a text is a whole number as a spreadsheet shows it when it is long (4.36601E+11): the digits behind are lost. Of an
    id the exponent's sign has to be written (5e7 is an id); a phone number has no exponent at all. -#}
{% macro has_lost_digits(text, kind='id') %}
    {{ return(adapter.dispatch('has_lost_digits')(text, '?' if kind == 'phone' else '')) }}
{% endmacro %}

{#- a sign that most texts lack is looked for first: that costs a tenth -#}
{% macro duckdb__has_lost_digits(text, sign) -%}
    (
        {{ "contains(lower(" ~ text ~ "), 'e')" if sign else "contains(" ~ text ~ ", '+')" }}
        and regexp_full_match({{ text }}, '[+-]?[0-9]([.,][0-9]+)?[eE][+]{{ sign }}[0-9]+')
    )
{%- endmacro %}

{% macro spark__has_lost_digits(text, sign) -%}
    (
        {{ "contains(lower(" ~ text ~ "), 'e')" if sign else "contains(" ~ text ~ ", '+')" }}
        and {{ text }} rlike '^[+-]?[0-9]([.,][0-9]+)?[eE][+]{{ sign }}[0-9]+\\z'
    )
{%- endmacro %}
