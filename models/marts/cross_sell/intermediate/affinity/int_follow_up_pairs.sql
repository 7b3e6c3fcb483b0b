with first_dates as (
    select distinct
        item_level,
        customer_number,
        first_date
    from {{ ref('int_follow_ups') }}
),

occasions as (
    select
        item_level,
        count(*) as baskets
    from first_dates
    group by item_level
),

items as (
    select
        item_level,
        item_number,
        count(*) filter (where is_first) as baskets_a,
        count(*) filter (where not is_first) as baskets_b
    from {{ ref('int_follow_ups') }}
    group by
        item_level,
        item_number
),

pairs as (
    select
        firsts.item_level,
        firsts.item_number as item_a,
        later.item_number as item_b,
        count(*) as baskets_ab
    from {{ ref('int_follow_ups') }} as firsts
    inner join {{ ref('int_follow_ups') }} as later
        on
            firsts.item_level = later.item_level
            and firsts.customer_number = later.customer_number
            and firsts.first_date = later.first_date
            and firsts.item_number <> later.item_number
    where
        firsts.is_first
        and not later.is_first
    group by
        firsts.item_level,
        firsts.item_number,
        later.item_number
    having count(*) >= {{ number_var('affinity_min_pairs', 1) }}
),

int_follow_up_pairs as (
    select
        pairs.item_level,
        pairs.item_a,
        pairs.item_b,
        occasions.baskets,
        of_a.baskets_a,
        of_b.baskets_b,
        pairs.baskets_ab
    from pairs
    inner join occasions
        on pairs.item_level = occasions.item_level
    inner join items as of_a
        on
            pairs.item_level = of_a.item_level
            and pairs.item_a = of_a.item_number
    inner join items as of_b
        on
            pairs.item_level = of_b.item_level
            and pairs.item_b = of_b.item_number
)

select * from int_follow_up_pairs
