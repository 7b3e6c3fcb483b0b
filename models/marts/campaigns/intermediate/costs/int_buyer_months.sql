-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
with first_years as (
    select
        customer_number,
        sum(net_amount) as net_amount
    from {{ ref('orders') }}
    where
        is_valid
        and new_order_date is not null
        and order_date < {{ add_to_date('day', 365, 'new_order_date') }}
    group by customer_number
),

buyers as (
    select
        customer_number,
        {{ period_start('month', 'order_date') }} as month_start,
        bool_or(order_class = 'new') as is_new,
        bool_or(order_class = 'new' and is_left_censored) as is_left_censored,
        sum(net_amount) filter (where order_class = 'new') as new_net_amount
    from {{ ref('orders') }}
    where
        is_valid
        and customer_number is not null
    group by
        customer_number,
        {{ period_start('month', 'order_date') }}
),

known as (
    select
        buyers.month_start,
        {{ known_channel('people.acquisition_channel') }} as channel,
        buyers.is_new,
        buyers.is_left_censored,
        buyers.new_net_amount,
        case when buyers.is_new then first_years.net_amount end as net_amount_365d
    from buyers
    inner join {{ ref('customers') }} as people
        on buyers.customer_number = people.customer_number
    left join first_years
        on buyers.customer_number = first_years.customer_number
),

int_buyer_months as (
    select
        month_start,
        case when grouping(channel) = 1 then 'all' else channel end as channel,
        count(*) filter (where is_new) as new_customers,
        count(*) filter (where not is_new) as returning_customers,
        sum(new_net_amount) as new_net_amount,
        sum(net_amount_365d) as net_amount_365d,
        bool_or(is_left_censored) as is_left_censored
    from known
    group by grouping sets ((month_start), (month_start, channel))
)

select * from int_buyer_months
