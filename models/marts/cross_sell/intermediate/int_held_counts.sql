with first_products as (
    select
        customer_number,
        {{ period_start('month', 'held_from') }} as held_after,
        count(*) as products
    from {{ ref('int_held_products') }}
    group by
        customer_number,
        {{ period_start('month', 'held_from') }}
),

int_held_counts as (
    select
        customer_number,
        held_after,
        coalesce(lead(held_after) over customer_months, date '9999-12-31') as held_until,
        cast(sum(products) over customer_months as bigint) as products
    from first_products
    window customer_months as (
        partition by customer_number
        order by held_after
    )
)

select * from int_held_counts
