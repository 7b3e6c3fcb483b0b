{{ config(enabled=has_subjects(['lifecycle'])) }}
-- One customer's whole story, stages and orders in the order of time: here of one who came back. Put any key.
with story as (
    select min(customer_key) as customer_key
    from {{ ref('lifecycle_spells') }}
    where stage = 'reactivated'
)

select
    started_on as day,
    'stage' as what,
    stage as detail,
    null as net_amount
from {{ ref('lifecycle_spells') }}
where customer_key in (select story.customer_key from story)
union all
select
    order_date as day,
    'order' as what,
    order_id as detail,
    net_amount
from {{ ref('orders') }}
where
    customer_key in (select story.customer_key from story)
    and is_valid
order by
    day,
    what
