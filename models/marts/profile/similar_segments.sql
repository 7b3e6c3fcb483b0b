with counts as (
    select
        attribute,
        value,
        is_known,
        rfm_segment,
        sum(customers) as customers
    from {{ ref('int_attribute_counts') }}
    group by
        attribute,
        value,
        is_known,
        rfm_segment
),

sizes as (
    select
        rfm_segment,
        sum(customers) as customers
    from counts
    where
        attribute = {{ literal(profile_attributes() | first) }}
        and rfm_segment is not null
    group by rfm_segment
    having sum(customers) >= 30
),

base as (
    select
        attribute,
        value,
        sum(customers) as customers,
        sum(sum(customers)) over (partition by attribute) as known_customers
    from counts
    where is_known
    group by
        attribute,
        value
),

known as (
    select
        attribute,
        rfm_segment,
        sum(customers) as customers
    from counts
    where is_known
    group by
        attribute,
        rfm_segment
),

-- how far a segment's share of each value is from the base's: not at all where it is not known
vectors as (
    select
        sizes.rfm_segment,
        base.attribute,
        base.value,
        coalesce((
            coalesce(counts.customers, 0) / cast(known.customers as double)
            - base.customers / cast(base.known_customers as double)
        ) / sqrt(base.customers / cast(base.known_customers as double)), 0) as distance
    from sizes
    cross join base
    left join known
        on
            sizes.rfm_segment = known.rfm_segment
            and base.attribute = known.attribute
    left join counts
        on
            sizes.rfm_segment = counts.rfm_segment
            and base.attribute = counts.attribute
            and base.value = counts.value
),

compared as (
    select
        a.rfm_segment as segment_a,
        b.rfm_segment as segment_b,
        round({{ stable_sum('va.distance * vb.distance') }} / nullif(
            sqrt({{ stable_sum('va.distance * va.distance') }})
            * sqrt({{ stable_sum('vb.distance * vb.distance') }}), 0
        ), 6) as cosine
    from sizes as a
    inner join sizes as b
        on a.rfm_segment < b.rfm_segment
    left join vectors as va
        on a.rfm_segment = va.rfm_segment
    left join vectors as vb
        on
            b.rfm_segment = vb.rfm_segment
            and va.attribute = vb.attribute
            and va.value = vb.value
    group by
        a.rfm_segment,
        b.rfm_segment
),

similar_segments as (
    select
        segment_a,
        segment_b,
        cosine,
        coalesce(cosine >= 0.9, false) as is_merge_candidate
    from compared
)

select * from similar_segments
