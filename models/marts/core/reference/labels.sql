{#- columns whose values other seeds name: the seed, its column, and what orders its values -#}
{%- set named = [
    ('rfm_segment', 'rfm_segments', 'rfm_segment', '-max(r_score + f_score)'),
    ('segment_a', 'rfm_segments', 'rfm_segment', '-max(r_score + f_score)'),
    ('segment_b', 'rfm_segments', 'rfm_segment', '-max(r_score + f_score)'),
    ('band', 'lead_score_bands', 'band', 'coalesce(min(min_score), -1e9)'),
    ('decayed_band', 'lead_score_bands', 'band', 'coalesce(min(min_score), -1e9)'),
    ('lead_band', 'lead_score_bands', 'band', 'coalesce(min(min_score), -1e9)'),
    ('level', 'engagement_levels', 'level', 'coalesce(min(min_score), -1e9)'),
    ('engagement_level', 'engagement_levels', 'level', 'coalesce(min(min_score), -1e9)'),
    ('held_band', 'held_bands', 'band', 'min(min_products)'),
    ('age_band', 'age_bands', 'band', 'min(min_age)'),
    ('role_level', 'job_roles', 'role_level', '-max(priority)'),
    ('favourite_daypart', 'dayparts', 'daypart', 'min(from_hour)'),
    ('loyalty_tier', 'loyalty_tiers', 'tier', 'min(tier_rank)'),
    ('inferred_trait', 'topic_traits', 'trait', '0'),
    ('event_type', 'event_points', 'event_type', '0'),
    ('top_event_type', 'event_points', 'event_type', '0'),
    ('act_type', 'event_points', 'event_type', '0'),
    ('tier_reason', 'event_points', 'event_type', '0'),
    ('recency_band', 'lifecycle_bands', 'band', "min(min_value) filter (where dimension = 'recency')"),
    ('frequency_band', 'lifecycle_bands', 'band', "min(min_value) filter (where dimension = 'frequency')"),
] -%}
with columns as (
    select
        listed.table_name,
        listed.column_name
    from (
        values
        {%- for table, column in (published_columns() if execute else []) %}
        ({{ literal(table) }}, {{ literal(column) }}),
        {%- endfor %}
        -- what publishing adds
        ('build_log', 'status'),
        ('restatements', 'cause')
    ) as listed (table_name, column_name)
),

fixed as (
    select
        columns.table_name,
        columns.column_name,
        named.value,
        named.label,
        named.sort_order
    from {{ ref('value_labels') }} as named
    inner join columns
        on
            named.column_name = columns.column_name
            and named.table_name in ('any', columns.table_name)
),

-- a band, a segment, a tier as it stands in its seed
of_seeds as (
    {%- for name, seed, column, place in named %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(name) }} as column_name,
        {{ column }} as seed_value,
        {{ place }} as place
    from {{ ref(seed) }}
    group by {{ column }}
    {%- endfor %}
),

labels as (
    select
        table_name,
        column_name,
        value,
        label,
        sort_order
    from fixed
    union all
    select
        columns.table_name,
        columns.column_name,
        of_seeds.seed_value as value,
        upper(substr(of_seeds.seed_value, 1, 1))
        || replace(substr(of_seeds.seed_value, 2), '_', ' ') as label,  -- noqa: RF04
        row_number() over (
            partition by columns.table_name, columns.column_name order by of_seeds.place, of_seeds.seed_value
        ) as sort_order
    from columns
    inner join of_seeds
        on
            columns.column_name = of_seeds.column_name
            and of_seeds.place is not null
)

select * from labels
