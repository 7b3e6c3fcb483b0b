{{ config(materialized='table') }}

-- whose order it was tells whose a refund is; depends_on: {{ ref('base_orders') }}
{{ base_rows('refunds') }}
