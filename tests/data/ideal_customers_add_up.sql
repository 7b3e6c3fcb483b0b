{{ config(enabled=has_subjects(['profile'])) }}
-- A segment's shares are those of the base by their indices: known ones are 100 together, where it has any.
with values_of_attributes as (
    select
        segment,
        attribute,
        sum(base_share * index) as total,
        sum(customers) filter (where value <> 'unknown') as known_customers,
        max(segment_customers) filter (where value <> 'unknown') as segment_customers,
        sum(base_customers) as base_customers
    from {{ ref('ideal_customer') }}
    where value <> 'unknown'
    group by
        segment,
        attribute
)

select *
from values_of_attributes
where
    known_customers <> segment_customers
    or (segment_customers > 0 and coalesce(abs(total - 100) > 1e-4, true))
