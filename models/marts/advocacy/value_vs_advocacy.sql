with customers as (
    select
        advocacy_tiers.tier,
        customers.net_amount,
        advocacy_tiers.acts_365d,
        1 + least(2, floor(3 * percent_rank() over (order by customers.net_amount))) as value_tercile,
        rank() over (order by customers.net_amount)
        + count(*) over (partition by customers.net_amount) / 2.0 as value_rank
    from {{ ref('advocacy_tiers') }} as advocacy_tiers
    inner join {{ ref('customers') }} as customers
        on advocacy_tiers.customer_number = customers.customer_number
),

-- few customers differ in their number of acts; equal ones share the middle of their ranks
acts_counts as (
    select
        acts_365d,
        count(*) as customers
    from customers
    group by acts_365d
),

acts_ranks as (
    select
        acts_365d,
        sum(customers) over (order by acts_365d) - customers / 2.0 as acts_rank
    from acts_counts
),

-- Spearman's rank correlation is Pearson's of the ranks; without any difference there is none
correlations as (
    select
        case
            when
                min(customers.value_rank) < max(customers.value_rank)
                and min(ranks.acts_rank) < max(ranks.acts_rank)
                then round(corr(cast(customers.value_rank as double), cast(ranks.acts_rank as double)), 9)
        end as rank_correlation
    from customers
    inner join acts_ranks as ranks
        on customers.acts_365d = ranks.acts_365d
),

terciles as (
    {%- for tercile in [1, 2, 3] %}
    {{ 'union all' if not loop.first }}
    select cast({{ tercile }} as bigint) as value_tercile
    {%- endfor %}
),

tiers as (
    {%- for tier in ['lover', 'liker', 'lurker'] %}
    {{ 'union all' if not loop.first }}
    select {{ literal(tier) }} as tier
    {%- endfor %}
),

sums as (
    select
        cast(value_tercile as bigint) as value_tercile,
        tier,
        count(*) as customers,
        sum(net_amount) as net_amount
    from customers
    group by
        cast(value_tercile as bigint),
        tier
),

value_vs_advocacy as (
    select
        terciles.value_tercile,
        tiers.tier,
        coalesce(sums.customers, 0) as customers,
        cast(coalesce(sums.net_amount, 0) as decimal(18, 4)) as net_amount,
        correlations.rank_correlation
    from terciles
    cross join tiers
    cross join correlations
    left join sums
        on
            terciles.value_tercile = sums.value_tercile
            and tiers.tier = sums.tier
)

select * from value_vs_advocacy
