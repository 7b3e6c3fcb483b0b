-- Who orders in the same three months of the year alone, year after year.
with order_months as (
    select
        sales.customer_number,
        people.order_days,
        cast(year(sales.order_date) as bigint) as order_year,
        cast(month(sales.order_date) as bigint) as order_month,
        count(distinct sales.order_date) as days
    from {{ ref('int_valid_orders') }} as sales
    inner join {{ ref('customers') }} as people
        on sales.customer_number = people.customer_number
    inner join {{ ref('int_customer_traits') }} as traits
        on sales.customer_number = traits.customer_number
    where
        traits.tenure_days >= 730
        and people.order_days >= 4
    group by
        sales.customer_number,
        people.order_days,
        year(sales.order_date),
        month(sales.order_date)
),

-- each month is in three runs of three months: the first, the second or the third of them
placed as (
    select
        months.customer_number,
        months.order_days,
        months.order_year,
        months.days,
        numbers.number as place,
        (months.order_month - numbers.number + 11) % 12 + 1 as first_month,
        months.order_month
    from order_months as months
    cross join {{ numbers_below(3) }}
),

run_months as (
    select
        customer_number,
        order_days,
        first_month,
        order_month,
        place,
        sum(days) as days,
        min(order_year - case when order_month < first_month then 1 else 0 end) as first_season,
        max(order_year - case when order_month < first_month then 1 else 0 end) as last_season
    from placed
    group by
        customer_number,
        order_days,
        first_month,
        order_month,
        place
),

runs as (
    select
        customer_number,
        first_month,
        sum(days) as days,
        min_by(order_month, -100 * days + place) as season_month
    from run_months
    group by
        customer_number,
        order_days,
        first_month
    -- a season over the new year is that of the year it begins in
    having
        min(first_season) < max(last_season)
        and case when order_days >= 10 then 10 * sum(days) >= 8 * order_days else sum(days) = order_days end
),

int_seasons as (
    select
        customer_number,
        season_month
    from runs
    qualify row_number() over (
        partition by customer_number
        order by days desc, first_month asc
    ) = 1
)

select * from int_seasons
