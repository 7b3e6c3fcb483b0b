with counts as (
    select
        attribute,
        value,
        is_known,
        {%- for segment in profile_segments() %}
        sum({{ segment }}) as {{ segment }},
        {%- endfor %}
        sum(customers) as base_customers
    from {{ ref('int_attribute_counts') }}
    group by
        attribute,
        value,
        is_known
),

described as (
    {%- for segment in profile_segments() %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(segment) }} as segment,
        attribute,
        value,
        is_known,
        {{ segment }} as customers,
        base_customers
    from counts
    {%- endfor %}
),

-- who is known is not who is good: known values are compared among the known, the unknown among all
totals as (
    select
        *,
        case
            when is_known then sum(case when is_known then customers else 0 end) over attributes
            else sum(customers) over attributes
        end as segment_customers,
        case
            when is_known then sum(case when is_known then base_customers else 0 end) over attributes
            else sum(base_customers) over attributes
        end as base_total,
        sum(customers) over attributes as all_customers
    from described
    window attributes as (partition by segment, attribute)
),

measured as (
    select
        *,
        cast(customers as double) / nullif(segment_customers, 0) as share,
        cast(base_customers as double) / base_total as base_share,
        -- the segment against the rest of the base
        round((
            cast(customers as double) / nullif(segment_customers, 0)
            - cast(base_customers - customers as double) / nullif(base_total - segment_customers, 0)
        ) / nullif(sqrt(
            cast(base_customers as double) / base_total * (1 - cast(base_customers as double) / base_total)
            * (1e0 / nullif(segment_customers, 0) + 1e0 / nullif(base_total - segment_customers, 0))
        ), 0), 9) as z
    from totals
    where all_customers > 0
),

ideal_customer as (
    select
        segment,
        attribute,
        value,
        case
            when attribute in ({{ literals(profile_attributes('trait')) }}) then 'trait'
            else 'habit'
        end as attribute_kind,
        cast(customers as bigint) as customers,
        cast(segment_customers as bigint) as segment_customers,
        cast(base_customers as bigint) as base_customers,
        cast(base_total as bigint) as base_total,
        round(share, 9) as share,
        round(base_share, 9) as base_share,
        round(100 * share / base_share, 9) as index,  -- noqa: RF04
        z,
        is_known
        and attribute in ({{ literals(profile_attributes('trait')) }})
        and segment_customers >= 100
        and base_customers >= 30
        and coalesce(abs(z) >= 3, false) as is_distinctive
    from measured
)

select * from ideal_customer
