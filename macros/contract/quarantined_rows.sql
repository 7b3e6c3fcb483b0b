{#- The rows of a contract table that are not accepted: row_id, row_status, reject_reason and raw_row, as a relation to
    select from.

    `judged` names a relation of all typed rows: row_id, source, the key and the final reject_reason. Rejecting
    comes first, so a broken newer version never displaces a good older one; of the valid rows of a key, the
    latest _loaded_at stands, then the greatest row by its columns in contract order. NULL is a value of a key. Only keys
    that occur more than once are sorted. -#}
{% macro quarantined_rows(table, judged) %}
{%- set contract = raw_contract()[table] -%}
{%- set as_json = {} -%}
{%- for column in contract.columns -%}
    {%- do as_json.update({column: 'typed.' ~ quoted(column)}) -%}
{%- endfor -%}
(
    select
        judged.row_id,
        'rejected' as row_status,
        judged.reject_reason,
        coalesce(typed.raw_row, {{ to_row_json(as_json) }}) as raw_row
    from {{ judged }} as judged
    inner join {{ ref('base_' ~ table) }} as typed
        on judged.row_id = typed.row_id
    where judged.reject_reason is not null
    union all
    select
        versions.row_id,
        'superseded' as row_status,
        cast(null as {{ dbt.type_string() }}) as reject_reason,
        cast(null as {{ dbt.type_string() }}) as raw_row
    from (
        select
            judged.row_id,
            row_number() over (
                partition by judged.source{% for column in contract.key %}, judged.{{ column }}{% endfor %}
                order by
                    {%- if '_loaded_at' in contract.columns %}
                    typed._loaded_at desc nulls last,
                    {%- endif %}
                    {%- for column in contract.columns if column != '_loaded_at' %}
                    typed.{{ quoted(column) }} desc nulls last{{ ',' if not loop.last }}
                    {%- endfor %}
            ) as version_rank
        from {{ judged }} as judged
        inner join (
            select
                source
                {%- for column in contract.key %},
                {{ column }}
                {%- endfor %}
            from {{ judged }}
            where reject_reason is null
            group by all
            having count(*) > 1
        ) as repeated
            on
                judged.source = repeated.source
                {%- for column in contract.key %}
                and judged.{{ column }} {{ '=' if column in contract.required else 'is not distinct from' }} repeated.{{ column }}
                {%- endfor %}
        inner join {{ ref('base_' ~ table) }} as typed
            on judged.row_id = typed.row_id
        where judged.reject_reason is null
    ) as versions
    where versions.version_rank > 1
)
{%- endmacro %}
