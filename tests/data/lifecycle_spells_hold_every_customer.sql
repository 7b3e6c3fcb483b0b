{{ config(enabled=has_subjects(['lifecycle'])) }}
-- Who has a valid order or was registered by as_of has a stage at as_of, and nobody else; staff has none.
with expected as (
    select customers.customer_key
    from {{ ref('customers') }} as customers
    cross join {{ ref('as_of') }} as dates
    where
        not customers.is_staff
        and (customers.orders > 0 or customers.created_date <= dates.as_of)
),

staged as (
    select distinct customer_key
    from {{ ref('lifecycle_spells') }}
)

select
    expected.customer_key as expected_key,
    staged.customer_key as staged_key
from expected
full outer join staged
    on expected.customer_key = staged.customer_key
where
    expected.customer_key is null
    or staged.customer_key is null
