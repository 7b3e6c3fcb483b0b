with horizons as (
    {%- for days in number_var('clv_horizon_days') %}
    select {{ days | int }} as horizon_days
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

customers as (
    select
        activity.customer_number,
        activity.frequency,
        activity.recency_days,
        activity.age_days,
        activity.p_alive,
        activity.purchases_shape,
        activity.seen_weeks,
        cast(activity.repeat_net_amount as double) / nullif(activity.frequency, 0) as repeat_mean_amount,
        -- without repeat purchases of an amount, what all customers spend on the mean
        case
            when activity.repeat_net_amount > 0
                then
                    fits.p * (fits.gamma + cast(activity.repeat_net_amount as double))
                    / nullif(greatest(fits.p * activity.frequency + fits.q - 1, 0), 0)
            else fits.p * fits.gamma / nullif(greatest(fits.q - 1, 0), 0)
        end as expected_mean_amount,
        margins.margin_share
    from {{ ref('int_p_alive') }} as activity
    cross join {{ ref('int_gamma_gamma_fit') }} as fits
    left join {{ ref('int_customer_margins') }} as margins
        on activity.customer_number = margins.customer_number
    where activity.fit = 'full'
),

forecasts as (
    select
        customers.*,
        horizons.horizon_days,
        -- the probability of at least one purchase within so many days
        {%- for column, days in {'p_buy': 'horizons.horizon_days', 'p_buy_in_90_days': 90}.items() %}
        customers.p_alive * (
            1 - exp(
                customers.purchases_shape
                * (ln(customers.seen_weeks) - ln(customers.seen_weeks + {{ days }} / 7e0))
            )
        ) as {{ column }},
        {%- endfor %}
        customers.p_alive * forecasts.purchases_if_alive as expected_purchases
    from customers
    cross join horizons
    left join {{ ref('int_expected_purchases') }} as forecasts
        on
            forecasts.fit = 'full'
            and customers.frequency = forecasts.frequency
            and customers.age_days = forecasts.age_days
            and horizons.horizon_days = forecasts.horizon_days
),

clv as (
    select
        people.customer_key,
        people.customer_number,
        cast(forecasts.horizon_days as bigint) as horizon_days,
        forecasts.frequency,
        round(cast(forecasts.recency_days as double) / 7, 9) as recency_weeks,
        round(cast(forecasts.age_days as double) / 7, 9) as age_weeks,
        round(forecasts.repeat_mean_amount, 9) as repeat_mean_amount,
        round(forecasts.expected_mean_amount, 9) as expected_mean_amount,
        forecasts.margin_share,
        round(forecasts.p_alive, 9) as p_alive,
        round(forecasts.p_buy, 9) as p_buy,
        round(1 - forecasts.p_buy_in_90_days, 9) as churn_risk,
        round(forecasts.expected_purchases, 9) as expected_purchases,
        round(forecasts.expected_purchases * forecasts.expected_mean_amount, 9) as expected_amount,
        -- a horizon's margin is worth today what it is worth at the horizon's middle
        round(
            forecasts.expected_purchases * forecasts.expected_mean_amount
            * coalesce(forecasts.margin_share, 1)
            * pow(1 + {{ number_var('clv_annual_discount_rate') }}, -forecasts.horizon_days / 730e0), 9
        ) as clv
    from forecasts
    inner join {{ ref('customers') }} as people
        on forecasts.customer_number = people.customer_number
)

select * from clv
