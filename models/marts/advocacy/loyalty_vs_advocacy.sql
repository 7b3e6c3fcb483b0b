with loyalty_vs_advocacy as (
    select
        people.customer_key,
        advocates.patronage,
        advocates.attitude,
        case
            when advocates.attitude = 'unknown' then 'unknown'
            when advocates.patronage = 'high' and advocates.attitude = 'high' then 'true'
            when advocates.patronage = 'high' then 'spurious'
            when advocates.attitude = 'high' then 'latent'
            else 'none'
        end as loyalty_quadrant,
        attributes.lock_in is not null
        and advocates.patronage = 'high'
        and advocates.attitude <> 'high' as is_locked_in,
        advocates.tier,
        advocates.order_days_365d
    from {{ ref('int_advocates') }} as advocates
    inner join {{ ref('int_people') }} as people
        on advocates.person_number = people.person_number
    left join {{ ref('int_person_attributes') }} as attributes
        on advocates.person_number = attributes.person_number
)

select * from loyalty_vs_advocacy
