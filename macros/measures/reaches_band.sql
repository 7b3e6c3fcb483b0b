{#- Whether a score lies at or above a band's lower end; a band without one takes every score. -#}
{% macro reaches_band(score, bands) -%}
    (
        {{ bands }}.min_score is null
        or {{ score }} > {{ bands }}.min_score
        or ({{ bands }}.is_min_inclusive and {{ score }} = {{ bands }}.min_score)
    )
{%- endmacro %}
