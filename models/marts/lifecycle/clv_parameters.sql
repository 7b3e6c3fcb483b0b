{%- set models = {
    'bg_nbd': {'fits': 'int_bg_nbd_fits', 'parameters': ['r', 'alpha', 'a', 'b']},
    'gamma_gamma': {'fits': 'int_gamma_gamma_fit', 'parameters': ['p', 'q', 'gamma']},
} -%}
with samples as (
    select
        count(*) as bg_nbd_customers,
        count(*) filter (where repeat_net_amount > 0) as gamma_gamma_customers
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
        samples.{{ model }}_customers as customers
    from {{ ref(fitted.fits) }} as fits
    cross join samples
    where fits.fit = 'full'
    {{ 'union all' if not (is_last_model and loop.last) }}
    {%- endfor %}
    {%- endfor %}
),

clv_parameters as (
    select
        model,
        parameter,
        value,
        log_likelihood,
        customers,
        case when value is null then 'insufficient_data' else 'fitted' end as status
    from parameters
)

select * from clv_parameters
