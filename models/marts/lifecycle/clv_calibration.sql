-- what the history up to the cutoff foretold of each customer
with predictions as (
    select
        activity.customer_number,
        round(activity.p_alive * forecasts.purchases_if_alive, 9) as predicted_purchases,
        histories.frequency - activity.frequency as actual_purchases
    from {{ ref('int_p_alive') }} as activity
    inner join {{ ref('int_expected_purchases') }} as forecasts
        on
            activity.fit = forecasts.fit
            and activity.frequency = forecasts.frequency
            and activity.age_days = forecasts.age_days
    inner join {{ ref('int_rfm_summaries') }} as histories
        on
            activity.customer_number = histories.customer_number
            and histories.fit = 'full'
    where activity.fit = 'calibration'
),

deciles as (
    select
        {{ score(10, 'predicted_purchases') }} as decile,
        predicted_purchases,
        actual_purchases
    from predictions
),

clv_calibration as (
    select
        decile,
        count(*) as customers,
        round({{ stable_sum('predicted_purchases') }}, 6) as predicted_purchases,
        cast(sum(actual_purchases) as bigint) as actual_purchases
    from deciles
    group by decile
)

select * from clv_calibration
