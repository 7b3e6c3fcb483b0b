{#- The rows of a contract table that are not accepted, with their row_status and reason: a whole staging model.

    `judged` is a CTE or relation of all typed rows: row_id, source, the key and the final reject_reason. Rejecting
    comes first, so a broken newer version never displaces a good older one; of the valid rows of a key, the
    latest _loaded_at stands, then the greatest row by its columns in contract order. Only keys that occur
    more than once are sorted. -#}
{% macro quarantined_rows(table, judged) %}
{%- set contract = raw_contract()[table] -%}
{%- set as_json = {} -%}
{%- for column in contract.columns -%}
    {%- do as_json.update({column: 'typed.' ~ quoted(column)}) -%}
{%- endfor -%}
repeated_keys as (
    select
        source,
        {{ contract.key | join(', ') }}
    from {{ judged }}
    where reject_reason is null
    group by all
    having count(*) > 1
),

versions as (
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
    inner join repeated_keys
        on
            judged.source = repeated_keys.source
            {%- for column in contract.key %}
            and judged.{{ column }} = repeated_keys.{{ column }}
            {%- endfor %}
    inner join {{ ref('base_' ~ table) }} as typed
        on judged.row_id = typed.row_id
    where judged.reject_reason is null
),

quarantined_rows as (
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
        row_id,
        'superseded' as row_status,
        cast(null as {{ dbt.type_string() }}) as reject_reason,
        cast(null as {{ dbt.type_string() }}) as raw_row
    from versions
    where version_rank > 1
)
{% endmacro %}
