{%- set attributes = [
    'birth_date', 'gender', 'country', 'region', 'job_title', 'household_size', 'income_band', 'acquisition_channel', 'email', 'phone'
] -%}
with counted as (
    select
        has_ordered,
        {%- for attribute in attributes %}
        count(*) filter (where has_{{ attribute }}) as {{ attribute }}_count,
        {%- endfor %}
        count(*) as people_count
    from {{ ref('int_customer_traits') }}
    group by has_ordered
),

coverage as (
    {%- for people, has_ordered in {'customers': 'has_ordered', 'prospects': 'not has_ordered'}.items() %}
    {%- set outer_loop = loop %}
    {%- for attribute in attributes %}
    {{ 'union all' if not (loop.first and outer_loop.first) }}
    select
        {{ literal(people) }} as people,
        {{ literal(attribute) }} as attribute,  -- noqa: RF04
        coalesce(sum(people_count), 0) as people_count,
        coalesce(sum({{ attribute }}_count), 0) as known_count
    from counted
    where {{ has_ordered }}
    {%- endfor %}
    {%- endfor %}
),

attribute_coverage as (
    select
        people,
        attribute,
        cast(people_count as bigint) as people_count,
        cast(known_count as bigint) as known_count,
        {{ share_of('known_count', 'people_count') }} as coverage
    from coverage
)

select * from attribute_coverage
