{%- set texts = ['status', 'channel', 'device', 'country', 'region', 'coupon_code', 'referral_code'] -%}
{%- set statuses = "(select statuses.status from " ~ ref('order_statuses') ~ " as statuses)" -%}
{%- set is_known = "column_name = 'status' and value in " ~ statuses -%}
with counted as (
    {%- for column in texts %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(column) }} as column_name,
        {{ column }} as value,
        count(*) as sharers
    from {{ ref('stg_orders') }}
    where order_date <= (select dates.as_of from {{ ref('int_as_of') }} as dates)
    group by {{ column }}
    {%- endfor %}
),

int_common_order_texts as (
    select
        common.column_name,
        common.value
    from {{ common_values('counted', is_known) }} as common
)

select * from int_common_order_texts
