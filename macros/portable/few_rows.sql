{#- The few rows of a CTE, to be joined to very many: without this an engine that cannot know which are fewer may hold the many. -#}
{% macro few_rows(cte) %}
    {{ return(adapter.dispatch('few_rows')(cte)) }}
{% endmacro %}

{% macro duckdb__few_rows(cte) -%}
    (select unnest(gathered.few, max_depth := 2) from (select list({{ cte }}) as few from {{ cte }}) as gathered)
{%- endmacro %}

{% macro spark__few_rows(cte) -%}
    (select /*+ broadcast({{ cte }}) */ * from {{ cte }})
{%- endmacro %}
