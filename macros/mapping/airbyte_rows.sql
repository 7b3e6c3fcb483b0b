{#- A raw table that Airbyte loads: of each id the version that was extracted last, as it is appended whenever it changes. A
    destination that does not flatten has all columns in one, _airbyte_data. -#}
{% macro airbyte_rows(shop, table) -%}
    {%- set columns = system_tables(shop.system)[table].known | reject('eq', 'airbyte_data') | list -%}
    (
        select *
        from (
            select
                {%- for column in columns %}
                coalesce({{ column }}, {{ json_value('airbyte_data', [column]) }}) as {{ column }},
                {%- endfor %}
                raw_file
            from {{ raw_table(shop, table) }} as raw_rows
        ) as versions
        qualify row_number() over (
            partition by id
            order by
                coalesce(airbyte_extracted_at, airbyte_emitted_at) desc nulls last
                {%- for column in columns %},
                {{ column }} desc nulls last
                {%- endfor %}
        ) = 1
    )
{%- endmacro %}
