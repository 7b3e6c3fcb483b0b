{#- The key of an account: its source and its customer id. Where a source says `ids_of`, its customer ids are those of that
    other source, so both speak of one account. `source` is the column (or table.source) that names the row's source. -#}
{% macro account_key(customer_id, source='source') -%}
    {%- set others = {} -%}
    {%- for shop in shops() if shop.ids_of -%}
        {%- do others.update({shop.name: shop.ids_of}) -%}
    {%- endfor -%}
    {%- if others -%}
        case {{ source }}
        {%- for name, other in others.items() %} when {{ literal(name) }} then {{ literal(other) }}{% endfor %} else {{ source }} end
    {%- else -%}
        {{ source }}
    {%- endif %} || ':' || {{ customer_id }}
{%- endmacro %}
