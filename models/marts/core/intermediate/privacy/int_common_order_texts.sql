{%- set texts = [
    'status', 'channel', 'device', 'country', 'region', 'payment_method', 'coupon_code', 'referral_code'
] -%}
{%- set statuses = "(select statuses.status from " ~ ref('order_statuses') ~ " as statuses)" -%}
{{ common_texts(
    'order', ref('stg_orders'), texts, 'order_date', known="column_name = 'status' and value in " ~ statuses
) }}
