{#- All values of text columns in which something known of an erased person may stand, as a relation to select from:
    source, text_class (text_columns), column_value and searched_text, as texts are compared. Empty unless somebody
    asked to be erased. -#}
{% macro searched_texts() -%}
(
    with texts as (
        {%- for table in searched_tables(raw_contract() | reject('eq', 'erasures') | list) %}
        {{ 'union all' if not loop.first }}
        select
            source,
            case
                {%- for column, text_class in text_columns(table).items() %}
                when column_name = {{ literal(column) }} then {{ literal(text_class) }}
                {%- endfor %}
            end as text_class,
            column_value
        from {{ column_values(table, text_columns(table)) }} as texts_of_{{ table }}
        where
            {{ 'true' if has_erasures() else 'false' }}
            {%- if 'email' in raw_contract()[table].columns %}
            -- one address alone is compared as a whole: another may end with theirs
            and (column_name <> 'email' or translate(column_value, ' <>,;:()"', '') <> column_value)
            {%- endif %}
        {%- endfor %}
    ),

    plain as (
        select
            source,
            text_class,
            column_value,
            {{ plain_text('column_value') }} as plain_value
        from texts
    ),

    searchable as (
        select
            source,
            text_class,
            column_value,
            ' ' || plain_value || ' ' || coalesce({{ phone_digits('plain_value') }} || ' ', '') as searched_text
        from plain
    )

    select * from searchable
)
{%- endmacro %}
