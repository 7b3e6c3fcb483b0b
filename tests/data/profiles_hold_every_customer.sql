{{ config(enabled=has_subjects(['customer_share', 'profile'])) }}
-- Each customer but staff has a profile and a fit, and is in attribute_coverage; bands add up to spend_bands.
with counted as (
    select
        count(*) as customers,
        count(profiles.customer_key) as profiles,
        count(fits.customer_key) as fits
    from {{ ref('customers') }} as customers
    full outer join {{ ref('customer_profile') }} as profiles
        on customers.customer_key = profiles.customer_key
    full outer join {{ ref('customer_fit') }} as fits
        on profiles.customer_key = fits.customer_key
    where
        not customers.is_staff
        or customers.is_staff is null
        or profiles.customer_key is not null
),

covered as (
    select coalesce(sum(people_count), 0) as people
    from {{ ref('attribute_coverage') }}
    where attribute = 'gender'
),

banded as (
    select
        count(*) filter (where spend_band = 'low') as low_customers,
        count(*) filter (where spend_band = 'middle') as middle_customers,
        count(*) filter (where spend_band = 'high') as high_customers,
        count(*) filter (where spend_band = 'non_positive') as non_positive_customers
    from {{ ref('customer_profile') }}
)

select
    counted.*,
    covered.people
from counted
cross join covered
cross join banded
left join {{ ref('spend_bands') }} as bands
    on bands.segment_by = 'total'
where
    counted.customers <> counted.profiles
    or counted.customers <> counted.fits
    or counted.customers <> covered.people
    {%- for band in ['low', 'middle', 'high', 'non_positive'] %}
    or banded.{{ band }}_customers <> coalesce(bands.{{ band }}_customers, 0)
    {%- endfor %}
