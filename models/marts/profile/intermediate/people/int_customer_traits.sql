{%- set stated = [
    'gender', 'country', 'region', 'job_title', 'household_size', 'income_band', 'acquisition_channel'
] -%}
-- of whatever account or order: an address that too many share is an address, too
with addressed as (
    select distinct
        accounts.customer_key,
        contacts.contact_type
    from {{ ref('int_contacts') }} as contacts
    inner join {{ ref('int_accounts') }} as accounts
        on contacts.account_key = accounts.account_key
    {%- for contact_type in ['email', 'phone'] %}
    union
    select
        orders.customer_key,
        {{ literal(contact_type) }} as contact_type
    from {{ ref('int_guest_orders') }} as guests
    inner join {{ ref('orders') }} as orders
        on guests.order_row_id = orders.order_number
    where guests.{{ contact_type }}_hash is not null
    {%- endfor %}
),

addresses as (
    select
        customer_key,
        bool_or(contact_type = 'email') as has_email,
        bool_or(contact_type = 'phone') as has_phone
    from addressed
    group by customer_key
),

people as (
    select
        customers.*,
        attributes.job_title,
        {{ whole_years('customers.birth_date', 'dates.as_of') }} as years,
        case
            when customers.orders > 0
                then {{ days_from(tenure_start('customers'), 'dates.as_of') }} + 1
        end as tenure_days,
        coalesce(addresses.has_email, false) as has_email,
        coalesce(addresses.has_phone, false) as has_phone
    from {{ ref('customers') }} as customers
    cross join {{ ref('as_of') }} as dates
    left join {{ ref('int_customer_attributes') }} as attributes
        on customers.customer_key = attributes.customer_key
    left join addresses
        on customers.customer_key = addresses.customer_key
    where not customers.is_staff
),

bands as (
    select
        band,
        min_age,
        coalesce(lead(min_age) over (order by min_age), 1000) as next_min_age
    from {{ ref('age_bands') }}
),

int_customer_traits as (
    select
        people.customer_number,
        people.orders > 0 as has_ordered,
        case when people.years between 13 and 110 then cast(people.years as bigint) end as age_years,
        coalesce(
            case when people.birth_date is null then people.age_band else bands.band end, 'unknown'
        ) as age_band,
        coalesce(levels.role_level, 'unknown') as role_level,
        people.tenure_days,
        coalesce(people.years between 13 and 110, false) as has_birth_date,
        {%- for column in stated %}
        people.{{ column }} is not null as has_{{ column }},
        {%- endfor %}
        people.has_email,
        people.has_phone
    from people
    left join bands
        on
            people.years >= bands.min_age
            and people.years < bands.next_min_age
            and people.years between 13 and 110
    left join {{ ref('int_role_levels') }} as levels
        on people.job_title = levels.job_title
)

select * from int_customer_traits
