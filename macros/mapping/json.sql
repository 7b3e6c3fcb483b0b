{#- What stands at a place in a JSON text, as text (nested: as JSON); null where there is nothing, or no JSON.
    `path`: a list of names, and of positions from 0. -#}
{% macro json_value(raw, path) -%}
    {{ adapter.dispatch('json_value')(raw, path) }}
{%- endmacro %}

{% macro duckdb__json_value(raw, path) -%}
    case when json_valid({{ raw }}) then json_extract_string({{ raw }}, {{ literal(json_path(path, '."%s"')) }}) end
{%- endmacro %}

{% macro spark__json_value(raw, path) -%}
    get_json_object({{ raw }}, {{ literal(json_path(path, "['%s']")) }})
{%- endmacro %}

{% macro json_path(path, step) %}
    {% set parts = ['$'] %}
    {% for part in path %}
        {% do parts.append('[' ~ part ~ ']' if part is number else step | format(part)) %}
    {% endfor %}
    {{ return(parts | join('')) }}
{% endmacro %}

{#- The rows of a relation, once for each item of a JSON array in one of its columns (at `path`, where it is not the whole):
    with the columns `item`, its text (nested: JSON), and `item_number`, from 1. An empty array, or none: no row. -#}
{% macro each_json_item(relation, column, path=[]) -%}
    {{ adapter.dispatch('each_json_item')(relation, json_value(column, path) if path else column) }}
{%- endmacro %}

{% macro duckdb__each_json_item(relation, array) -%}
(
    select
        * exclude (items),
        items[item_number] ->> '$' as item
    from (
        select
            *,
            unnest(range(1, len(items) + 1)) as item_number
        from (
            select
                *,
                from_json(case when json_valid({{ array }}) then {{ array }} end, '["JSON"]') as items
            from {{ relation }}
        ) as with_items
    ) as numbered
)
{%- endmacro %}

{% macro spark__each_json_item(relation, array) -%}
(
    select
        *,
        item_position + 1 as item_number
    from (
        select
            *,
            posexplode(from_json({{ array }}, 'array<string>')) as (item_position, item)
        from {{ relation }}
    ) as exploded
)
{%- endmacro %}
