{{ config(materialized='table') }}

{%- set owners = {
    'customers': ['email', 'customer_id', 'phone'],
    'orders': ['email', 'customer_id', 'phone'],
    'events': ['email', 'customer_id'],
    'refunds': ['customer_id'],
    'consents': ['email', 'customer_id', 'phone'],
    'service_tickets': ['email', 'customer_id', 'phone'],
    'survey_answers': ['email', 'customer_id', 'respondent_id'],
    'category_spend': ['email', 'customer_id'],
} %}
with found as (
    {%- for table, columns in owners.items() %}
    {%- set is_last_table = loop.last %}
    {%- for column in columns %}
    select {{ normal_phone(column) if column == 'phone' else lower_case(column) }} as address
    from {{ ref('base_' ~ table) }}
    where {{ column ~ " like '%@%'" if column.endswith('_id') else column ~ ' is not null' }}
    {{ 'union all' if not (loop.last and is_last_table) }}
    {%- endfor %}
    {%- endfor %}
),

delivered_addresses as (
    select distinct address
    from found
    where address is not null
)

select * from delivered_addresses
