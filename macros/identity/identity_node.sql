{#- What names somebody (an account, visitor, referral code, email, phone) as the salted hash under which erasure
    knows it; null stays null. `column` is where it stands, by default the contract's column of that kind. -#}
{% macro identity_node(kind, table, column=none) -%}
    {%- set usual = {
        'account': 'customer_id', 'visitor': 'anonymous_id', 'code': 'referral_code', 'email': 'email', 'phone': 'phone',
    } -%}
    {%- set value = table ~ '.' ~ (column or usual[kind]) -%}
    {%- if kind == 'email' -%}
        {{ contact_hash("'email'", lower_case(value)) }}
    {%- elif kind == 'phone' -%}
        {{ contact_hash("'phone'", normal_phone(value)) }}
    {%- elif kind == 'account' -%}
        {{ contact_hash(literal(kind), account_key(value, table ~ '.source')) }}
    {%- else -%}
        {{ contact_hash(literal(kind), table ~ ".source || ':' || " ~ value) }}
    {%- endif -%}
{%- endmacro %}
