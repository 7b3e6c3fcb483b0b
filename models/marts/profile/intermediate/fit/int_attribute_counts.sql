-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
-- One look at the customers for all that is said of segments: what is left is small.
with counted as (
    select
        {{ breakdown(profile_attributes()) }},
        rfm_segment,
        is_even,
        {%- for segment in profile_segments() %}
        count(*) filter (where {{ segment }}) as {{ segment }},
        {%- endfor %}
        count(*) as customers
    from {{ ref('int_base_customers') }}
    group by grouping sets (
        {%- for attribute in profile_attributes() %}
        ({{ attribute }}, rfm_segment, is_even){{ ',' if not loop.last }}
        {%- endfor %}
    )
),

int_attribute_counts as (
    select
        breakdown as attribute,  -- noqa: RF04
        breakdown_value as value,
        breakdown_value <> 'unknown' as is_known,
        rfm_segment,
        is_even,
        {%- for segment in profile_segments() %}
        {{ segment }},
        {%- endfor %}
        customers
    from counted
)

select * from int_attribute_counts
