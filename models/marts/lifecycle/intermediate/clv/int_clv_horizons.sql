{#- The histories and horizons to forecast, and how many terms of its series each needs. -#}
with horizons as (
    {%- for days in number_var('clv_horizon_days') %}
    select
        'all' as fit,
        {{ days | int }} as horizon_days
    union
    {%- endfor %}
    select
        'early' as fit,
        floor(history_days / 3) as horizon_days
    from {{ ref('as_of') }}
),

wanted as (
    select distinct
        histories.fit,
        histories.frequency,
        histories.age_days,
        horizons.horizon_days
    from {{ ref('int_rfm_summaries') }} as histories
    inner join horizons
        on histories.fit = horizons.fit
),

-- terms fall below 1e-12 of the sum after about ln(1e-12) / ln(z) of them, and later where a is large
sized as (
    select
        wanted.*,
        wanted.horizon_days / (7 * parameters.alpha + wanted.age_days + wanted.horizon_days) as z,
        -- parameters have at most 6 digits behind the point: so neither a - 1 nor a + b - 1 is exactly zero
        parameters.a + 1e-9 as a,
        parameters.b,
        parameters.r
    from wanted
    inner join {{ ref('int_bg_nbd_parameters') }} as parameters
        on
            wanted.fit = parameters.fit
            and parameters.log_likelihood is not null
),

int_clv_horizons as (
    select
        *,
        least(20000, ceil((27.6 + a * ln(1 - 27.6 / ln(z))) / -ln(z))) as terms
    from sized
)

select * from int_clv_horizons
