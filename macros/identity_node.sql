{#- An account or address as the salted hash under which erasure knows it; null stays null. -#}
{% macro identity_node(kind, table, column=none) -%}
    {%- if kind == 'account' -%}
        {{ contact_hash("'account'", table ~ ".source || ':' || " ~ table ~ "." ~ (column or 'customer_id')) }}
    {%- elif kind == 'visitor' -%}
        {{ contact_hash("'visitor'", table ~ ".source || ':' || " ~ table ~ ".anonymous_id") }}
    {%- elif kind == 'email' -%}
        {{ contact_hash("'email'", normal_email(table ~ '.email')) }}
    {%- else -%}
        {{ contact_hash("'phone'", normal_phone(table ~ '.phone')) }}
    {%- endif -%}
{%- endmacro %}
