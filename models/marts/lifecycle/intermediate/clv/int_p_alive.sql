{#- How likely each customer is still one, and what enters the forecasts.

    Fader & Hardie (2008), "Computing P(alive) Using the BG/NBD Model". -#}
with histories as (
    select
        histories.fit,
        histories.customer_number,
        histories.frequency,
        histories.recency_days,
        histories.age_days,
        histories.repeat_net_amount,
        parameters.a,
        parameters.b,
        parameters.r + histories.frequency as purchases_shape,
        parameters.alpha + cast(histories.recency_days as double) / 7 as active_weeks,
        parameters.alpha + cast(histories.age_days as double) / 7 as seen_weeks
    from {{ ref('int_rfm_summaries') }} as histories
    inner join {{ ref('int_bg_nbd_fits') }} as parameters
        on histories.fit = parameters.fit
),

int_p_alive as (
    select
        fit,
        customer_number,
        frequency,
        recency_days,
        age_days,
        repeat_net_amount,
        purchases_shape,
        seen_weeks,
        round(case
            when a is null then null
            when frequency = 0 then cast(1 as double)
            -- capped before it overflows: such a customer is gone
            else 1 / (1 + exp(least(
                700,
                ln(a) - ln(b + frequency - 1) + purchases_shape * (ln(seen_weeks) - ln(active_weeks))
            )))
        end, 12) as p_alive
    from histories
)

select * from int_p_alive
