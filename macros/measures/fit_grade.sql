{#- How much somebody is like a segment, by a score of points beside the scores of the base: `bounds` has their p80 and p50. -#}
{% macro fit_grade(score, bounds) -%}
    case
        when {{ score }} >= {{ bounds }}.p80 and {{ score }} > {{ bounds }}.p50 then 'A'
        when {{ score }} < {{ bounds }}.p50 then 'C'
        else 'B'
    end
{%- endmacro %}

{#- A quantile of scores; by nine digits, as one between two equal scores of six may differ from them by its own arithmetic. -#}
{% macro fit_bound(share, score) -%}
    round({{ quantile(share, score) }}, 9)
{%- endmacro %}
