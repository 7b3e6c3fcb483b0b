{#- How much more often a pair's baskets hold both items than if they had nothing to do with each other; the same both ways. -#}
{% macro lift(pairs) -%}
    cast({{ pairs }}.baskets_ab as double) * {{ pairs }}.baskets
    / (cast({{ pairs }}.baskets_a as double) * {{ pairs }}.baskets_b)
{%- endmacro %}

{#- The part of item_a's baskets that hold item_b, too, drawn towards that of all baskets as by 20 more of these. -#}
{% macro shrunk_confidence(pairs) -%}
    (
        {{ pairs }}.baskets_ab + 20 * ({{ pairs }}.baskets_b / cast({{ pairs }}.baskets as double))
    ) / ({{ pairs }}.baskets_a + 20)
{%- endmacro %}
