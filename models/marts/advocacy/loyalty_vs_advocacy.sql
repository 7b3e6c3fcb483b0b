with loyalty_vs_advocacy as (
    select
        people.customer_key,
        people.customer_number,
        advocates.patronage,
        advocates.attitude,
        case
            when advocates.attitude = 'unknown' then 'unknown'
            when advocates.patronage = 'high' and advocates.attitude = 'high' then 'true'
            when advocates.patronage = 'high' then 'spurious'
            when advocates.attitude = 'high' then 'latent'
            else 'none'
        end as loyalty_quadrant,
        people.lock_in is not null
        and advocates.patronage = 'high'
        and advocates.attitude <> 'high' as is_locked_in,
        advocates.tier,
        advocates.order_days_365d
    from {{ ref('int_customer_advocacy') }} as advocates
    inner join {{ ref('customers') }} as people
        on advocates.customer_number = people.customer_number
)

select * from loyalty_vs_advocacy
