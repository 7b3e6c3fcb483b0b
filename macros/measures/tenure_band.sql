{#- How long a customer has known the shop, as a band, by whole days. -#}
{% macro tenure_band(days) -%}
    case
        when {{ days }} < 365 then 'under_1_year'
        when {{ days }} < 730 then '1_to_2_years'
        else 'over_2_years'
    end
{%- endmacro %}
