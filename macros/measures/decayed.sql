{#- What is left of points after so many days: they halve every engagement_half_life_days. -#}
{% macro decayed(points, age_days) -%}
    {%- set half_life = var('engagement_half_life_days') -%}
    {%- if half_life is not number or not 0 < half_life < 1e15 -%}
        {{ exceptions.raise_compiler_error(
            "the var engagement_half_life_days must be a number of days above 0, not " ~ shown(half_life)
        ) }}
    {%- endif -%}
    {{ points }} * power(0.5, {{ age_days }} / cast({{ half_life }} as double))
{%- endmacro %}
