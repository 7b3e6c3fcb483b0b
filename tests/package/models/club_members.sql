-- What this project knows of its customers beside: one row for each customer_key.
select distinct
    orders.customer_key,
    members.club_level,
    true as is_club_member
from {{ ref('customers') }} as members
inner join {{ ref('patronage', 'orders') }} as orders
    on members.first_order_id = orders.order_id
where orders.customer_key is not null
