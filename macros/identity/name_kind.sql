{#- What a contract column names somebody by, as the macro identity_node calls it. -#}
{% macro name_kind(column) -%}
    {{ return({'email': 'email', 'phone': 'phone', 'referral_code': 'code'}.get(column, 'account')) }}
{%- endmacro %}
