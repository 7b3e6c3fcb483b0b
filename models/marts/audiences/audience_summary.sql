{%- set reasons = [
    'no_address', 'consent_withdrawn', 'no_consent', 'minor', 'open_complaint', 'contacted_recently', 'holdout'
] -%}
with base as (
    select count(*) as customers
    from {{ ref('customer_profile') }}
    where first_order_date is not null
),

counted as (
    select
        members.audience,
        count(*) as eligible,
        count(*) filter (where members.is_included) as included,
        {%- for reason in reasons %}
        count(*) filter (where members.exclusion_reason = {{ literal(reason) }}) as {{ reason }},
        {%- endfor %}
        count(*) filter (where people.first_order_date is not null) as eligible_customers,
        sum(people.net_amount_12m) filter (where members.is_included) as net_amount_12m
    from {{ ref('audience_members') }} as members
    inner join {{ ref('customer_profile') }} as people
        on members.customer_key = people.customer_key
    group by members.audience
),

audience_summary as (
    select
        audiences.audience,
        audiences.kind,
        coalesce(counted.eligible, 0) as eligible,
        coalesce(counted.included, 0) as included,
        {%- for reason in reasons %}
        coalesce(counted.{{ reason }}, 0) as {{ reason }},
        {%- endfor %}
        {{ share_of('coalesce(counted.eligible_customers, 0)', 'base.customers') }} as share_of_customers,
        cast(coalesce(counted.net_amount_12m, 0) as decimal(18, 4)) as net_amount_12m
    from {{ ref('int_audiences') }} as audiences
    cross join base
    left join counted
        on audiences.audience = counted.audience
)

select * from audience_summary
