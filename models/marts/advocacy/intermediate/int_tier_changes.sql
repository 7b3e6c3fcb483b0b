{#- A customer's tier at the ends of months changes seldom: any month's stock adds up from the changes.

    The rank is 1 for a lurker, 2 for a liker, 3 for a lover. A change counts from the end of its month on,
    in the last month as_of. -#}
with buyers as (
    select
        customer_number,
        first_order_date
    from {{ ref('customers') }}
    where orders > 0
),

steps as (
    select
        customer_number,
        first_order_date as step_date,
        1 as rank_change
    from buyers
    union all
    select
        buyers.customer_number,
        greatest(spells.started_on, buyers.first_order_date) as step_date,
        1 as rank_change
    from {{ ref('int_advocacy_spells') }} as spells
    inner join buyers
        on spells.customer_number = buyers.customer_number
    where spells.ended_on > buyers.first_order_date
    union all
    select
        buyers.customer_number,
        spells.ended_on as step_date,
        -1 as rank_change
    from {{ ref('int_advocacy_spells') }} as spells
    inner join buyers
        on spells.customer_number = buyers.customer_number
    where spells.ended_on > buyers.first_order_date
),

month_steps as (
    select
        steps.customer_number,
        {{ period_start('month', 'steps.step_date') }} as month_start,
        sum(steps.rank_change) as rank_change
    from steps
    inner join {{ ref('as_of') }} as dates
        on steps.step_date <= dates.as_of
    group by
        steps.customer_number,
        {{ period_start('month', 'steps.step_date') }}
),

ranks as (
    select
        customer_number,
        month_start,
        rank_change,
        sum(rank_change) over (
            partition by customer_number
            order by month_start
        ) as tier_rank
    from month_steps
),

int_tier_changes as (
    select
        customer_number,
        {%- for column, tier_rank in [('from_tier', 'tier_rank - rank_change'), ('to_tier', 'tier_rank')] %}
        case {{ tier_rank }} when 1 then 'lurker' when 2 then 'liker' when 3 then 'lover' else 'none' end
            as {{ column }},
        {%- endfor %}
        month_start
    from ranks
    where rank_change <> 0
)

select * from int_tier_changes
