{{ config(materialized='view') }}

-- A view: they are written once, in staging, and once more in the published file.
select
    events.row_id as event_number,
    {%- for text in ['topic', 'channel', 'device'] %}
    {{ published_value('event', 'events.' ~ text) }} as {{ text }},
    {%- endfor %}
    events.product_id,
    events.order_id,
    events.campaign_id
from {{ ref('stg_events') }} as events
