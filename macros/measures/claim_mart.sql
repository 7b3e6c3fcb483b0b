{#- The mart that measures a claim, by the claim's id; null where none does. -#}
{% macro claim_mart(claim_id) -%}
    case
        {%- for mart, claims in {
            'customer_share.concentration': ['best_fifth'],
            'scenarios.retention_scenarios': ['retention_profit'],
            'advocacy.word_of_mouth': ['word_of_mouth'],
            'advocacy.advocacy_tier_summary': ['lurkers', 'likers', 'lovers'],
            'advocacy.advocacy_what_if': ['one_point_of_lovers'],
            'cross_sell.products_held': ['products_held'],
            'profile.purchase_patterns': ['monday_morning'],
        }.items() %}
        when {{ claim_id }} in ({{ literals(claims) }}) then {{ literal(mart) }}
        {%- endfor %}
    end
{%- endmacro %}
