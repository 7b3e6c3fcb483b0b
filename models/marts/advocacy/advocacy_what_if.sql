with bases as (
    select
        count(*) as customers,
        count(*) filter (where tier = 'liker') as likers,
        count(*) filter (where tier = 'lover') as lovers
    from {{ ref('int_customer_advocacy') }}
),

moves as (
    select
        'one_point_of_base' as scenario,
        customers / cast(100 as double) as moved_customers,
        lovers
    from bases
    union all
    select
        'one_percent_of_likers' as scenario,
        likers / cast(100 as double) as moved_customers,
        lovers
    from bases
),

advocacy_what_if as (
    select
        scenario,
        moved_customers,
        lovers as lovers_before,
        round(lovers + moved_customers, 9) as lovers_after,
        {{ share_of('moved_customers', 'lovers') }} as lovers_gain
    from moves
)

select * from advocacy_what_if
