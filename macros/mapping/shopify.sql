{#- What the mappings of all Shopify systems share. -#}

{#- The status of an order: one of gift cards alone is no sale, as they are sales when they are spent. -#}
{% macro shopify_status(financial_status, cancelled_at, goods_lines, gift_card_lines) -%}
    case
        when {{ cancelled_at }} is not null then 'cancelled'
        when lower({{ financial_status }}) = 'voided' then 'void'
        when {{ gift_card_lines }} > 0 and coalesce({{ goods_lines }}, 0) = 0 then 'gift_card'
        else lower({{ financial_status }})
    end
{%- endmacro %}

{#- The channel of an order; another app's is its number, or its name. -#}
{% macro shopify_channel(source) -%}
    case
        when lower({{ source }}) = 'shopify_draft_order' then 'draft'
        when lower({{ source }}) in ('iphone', 'android') then 'app'
        else {{ source }}
    end
{%- endmacro %}
