{{ config(enabled=has_subjects(['audiences'])) }}
-- A persona is a sketch of a customer: one at most fits.
select customer_key
from {{ ref('audience_members') }}
where kind = 'persona'
group by customer_key
having count(*) > 1
