{#- A customer id as a part of published keys: one with an @ is an address, so it is hashed as such. -#}
{% macro published_id(customer_id) -%}
    case
        when position('@' in {{ customer_id }}) > 0 then {{ contact_hash("'email'", lower_case(customer_id)) }}
        else {{ customer_id }}
    end
{%- endmacro %}
