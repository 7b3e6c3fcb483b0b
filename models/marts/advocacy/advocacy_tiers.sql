with advocacy_tiers as (
    select
        people.customer_key,
        people.customer_number,
        advocates.tier,
        advocates.acts_365d,
        advocates.signals_365d,
        advocates.last_act_at,
        advocates.tier_reason
    from {{ ref('int_customer_advocacy') }} as advocates
    inner join {{ ref('customers') }} as people
        on advocates.customer_number = people.customer_number
)

select * from advocacy_tiers
