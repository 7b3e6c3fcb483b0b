{%- set texts = [
    'country', 'region', 'city', 'acquisition_channel', 'household_size', 'income_band', 'age_band', 'gender', 'customer_type', 'lock_in'
] -%}
with counted as (
    {%- for column in texts %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(column) }} as column_name,
        {{ column }} as value,
        count(*) as sharers
    from {{ ref('int_customer_countries' if column == 'country' else 'int_customer_attributes') }}
    group by {{ column }}
    {%- endfor %}
),

int_common_customer_texts as (
    select
        common.column_name,
        common.value
    from {{ common_values('counted') }} as common
)

select * from int_common_customer_texts
