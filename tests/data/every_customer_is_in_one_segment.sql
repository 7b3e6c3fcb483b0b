{{ config(enabled=has_subjects(['audiences', 'profile'])) }}
-- Where segments are declared, each customer with an order is in exactly one, and nobody else in any.
with segmented as (
    select
        customer_key,
        count(*) as segments
    from {{ ref('audience_members') }}
    where kind = 'segment'
    group by customer_key
),

declared as (
    select count(*) as segments
    from {{ ref('int_audiences') }}
    where kind = 'segment'
)

select
    people.customer_key,
    segmented.segments
from {{ ref('customer_profile') }} as people
cross join declared
left join segmented
    on people.customer_key = segmented.customer_key
where
    declared.segments > 0
    and coalesce(segmented.segments, 0) <> case when people.first_order_date is null then 0 else 1 end
