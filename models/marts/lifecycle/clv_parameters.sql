{#- outside these a parameter has no best value: the likelihood only grows towards the boundary -#}
{%- set least, most = 0.001, 1000 -%}
{%- set models = {
    'bg_nbd': {'fits': 'int_bg_nbd_fits', 'parameters': ['r', 'alpha', 'a', 'b']},
    'gamma_gamma': {'fits': 'int_gamma_gamma_fit', 'parameters': ['p', 'q', 'gamma']},
} -%}
with samples as (
    select
        count(*) as bg_nbd_customers,
        count(*) filter (where repeat_net_amount > 0) as gamma_gamma_customers,
        {{ stable_sum(
            'case when repeat_net_amount > 0 then cast(repeat_net_amount as double) / frequency end'
        ) }} / nullif(count(*) filter (where repeat_net_amount > 0), 0) as mean_repeat_amount
    from {{ ref('int_rfm_summaries') }}
    where fit = 'full'
),

parameters as (
    {%- for model, fitted in models.items() %}
    {%- set is_last_model = loop.last %}
    {%- for parameter in fitted.parameters %}
    select
        {{ literal(model) }} as model,
        {{ literal(parameter) }} as parameter,
        fits.{{ parameter }} as value,
        fits.log_likelihood,
        samples.{{ model }}_customers as customers,
        -- an amount: what a currency is worth says nothing of a fit
        fits.{{ parameter }}{{ ' / samples.mean_repeat_amount' if parameter == 'gamma' }} as measured_value
    from {{ ref(fitted.fits) }} as fits
    cross join samples
    where fits.fit = 'full'
    {{ 'union all' if not (is_last_model and loop.last) }}
    {%- endfor %}
    {%- endfor %}
),

calibration as (
    select
        {{ share_of('sum(actual_purchases)', 'sum(predicted_purchases)') }} as calibration_ratio
    from {{ ref('clv_calibration') }}
),

clv_parameters as (
    select
        parameters.model,
        parameters.parameter,
        parameters.value,
        parameters.log_likelihood,
        parameters.customers,
        case
            when parameters.value is null then 'insufficient_data'
            when
                min(parameters.measured_value) over (partition by parameters.model) < {{ least }}
                or max(parameters.measured_value) over (partition by parameters.model) > {{ most }}
                then 'at_boundary'
            else 'fitted'
        end as status,
        case when parameters.model = 'bg_nbd' then calibration.calibration_ratio end as calibration_ratio
    from parameters
    cross join calibration
)

select * from clv_parameters
