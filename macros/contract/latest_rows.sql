{#- The rows of a contract table that will stand (latest version of each key, none that breaks a rule by itself), read
    from the sources, before anything is written: a relation to select from, of the columns of accepted rows. `keep`
    narrows the rows. -#}
{% macro latest_rows(table, keep='true') -%}
{%- set contract = raw_contract()[table] -%}
(
    select
        {{ accepted_columns(table, 'latest') | indent(8) | trim }}
    from (
        select *
        from {{ every_system(table, has_erasures()) }} as every_system
        where
            reject_reason is null
            and {{ keep }}
        qualify row_number() over (
            partition by source, {{ contract.key | join(', ') }}
            order by
                {{ "_loaded_at desc nulls last" if "_loaded_at" in contract.columns else "source" }}
                {%- for column in contract.columns if column != '_loaded_at' %},
                {{ quoted(column) }} desc nulls last
                {%- endfor %}
        ) = 1
    ) as latest
)
{%- endmacro %}
