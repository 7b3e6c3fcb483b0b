{#- BG/NBD: probability of at least one purchase within so many days. -#}
{% macro p_buy(horizon_days) -%}
    p_alive * (1 - exp(purchases_shape * (ln(seen_weeks) - ln(seen_weeks + {{ horizon_days }} / 7e0))))
{%- endmacro %}
