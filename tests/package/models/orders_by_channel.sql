-- A mart of this project on one of Patronage's.
select
    channel,
    count(*) as orders,
    sum(net_amount) as net_amount
from {{ ref('patronage', 'orders') }}
where is_valid
group by channel
