{#- A continuous quantile as a double; decimals are cast first, as the engines interpolate them differently. -#}
{% macro quantile(share, column) -%}
    percentile_cont({{ share }}) within group (order by cast({{ column }} as double))
{%- endmacro %}
