with advocacy_tiers as (
    select
        people.customer_key,
        advocates.tier,
        advocates.acts_365d,
        advocates.signals_365d,
        advocates.last_act_at,
        advocates.tier_reason
    from {{ ref('int_advocates') }} as advocates
    inner join {{ ref('int_people') }} as people
        on advocates.person_number = people.person_number
)

select * from advocacy_tiers
