{#- The texts of a staging model's columns that are published as they were delivered: a whole model, int_common_<owner>_texts.

    `date` is the rows' business date: those up to as_of count, and those without one. `sharers` counts who shares a text, `known`
    is a condition by which it needs none (macro common_values). -#}
{% macro common_texts(owner, rows, columns, date, sharers='count(*)', known='false') %}
with counted as (
    {%- for column in columns %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(column) }} as column_name,
        {{ column }} as value,
        {{ sharers }} as sharers
    from {{ rows }}
    where
        {{ date }} <= (select dates.as_of from {{ ref('int_as_of') }} as dates)
        or {{ date }} is null
    group by {{ column }}
    {%- endfor %}
),

int_common_{{ owner }}_texts as (
    select
        common.column_name,
        common.value
    from {{ common_values('counted', known) }} as common
)

select * from int_common_{{ owner }}_texts
{% endmacro %}
