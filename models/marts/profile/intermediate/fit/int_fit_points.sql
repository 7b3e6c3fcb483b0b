{%- set target = fit_segment() -%}
-- points of the whole base, and of the half from which the other is foretold
with counts as (
    {%- for fit in ['full', 'half'] %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(fit) }} as fit,
        attribute,
        value,
        sum({{ target }}) as customers,
        sum(customers) as base_customers,
        sum(sum({{ target }})) over (partition by attribute) as segment_customers,
        sum(sum(customers)) over (partition by attribute) as base_total
    from {{ ref('int_attribute_counts') }}
    where
        is_known
        and attribute in ({{ literals(profile_attributes('trait')) }})
        {%- if fit == 'half' %}
        and is_even
        {%- endif %}
    group by
        attribute,
        value
    {%- endfor %}
),

-- a segment without customers is like nobody
targets as (
    select
        sum({{ target }}) as customers,
        sum({{ target }}) filter (where is_even) as half_customers
    from {{ ref('int_attribute_counts') }}
),

int_fit_points as (
    select
        counts.fit,
        counts.attribute,
        counts.value,
        -- drawn towards the base as by 50 more customers like it
        round(ln(
            (counts.customers + 50 * (cast(counts.base_customers as double) / counts.base_total))
            / ((counts.segment_customers + 50) * (cast(counts.base_customers as double) / counts.base_total))
        ), 6) as points
    from counts
    cross join targets
    where case when counts.fit = 'full' then targets.customers else targets.half_customers end > 0
)

select * from int_fit_points
