{%- set components = ['breadth', 'cadence', 'recency', 'usage', 'service'] -%}
{%- set compared = {'breadth': 'products', 'cadence': 'order_days', 'usage': 'sessions'} -%}
-- what a quarter of a stage's customers have is as good as it gets
with peers as (
    select
        scored_on,
        stage,
        {%- for component, measure in compared.items() %}
        {{ quantile(0.75, measure) }} as {{ component }}_of_the_best,
        {%- endfor %}
        count(*) as customers
    from {{ ref('int_loyalty_components') }}
    group by
        scored_on,
        stage
),

weights as (
    select
        {%- for component in components %}
        coalesce(sum(weight) filter (where component = {{ literal(component) }}), 0) as {{ component }},
        {%- endfor %}
        count(*) as components
    from {{ ref('loyalty_weights') }}
),

measured as (
    select
        people.customer_number,
        people.scored_on,
        people.stage,
        {%- for component in components %}
        {%- if component in compared %}
        case
            when peers.{{ component }}_of_the_best > 0 and people.{{ compared[component] }} is not null
                then round(
                    100 * least(1, people.{{ compared[component] }} / peers.{{ component }}_of_the_best), 6
                )
        end as {{ component }},
        {%- else %}
        round(100 * people.{{ component }}, 6) as {{ component }},
        {%- endif %}
        {%- endfor %}
        people.has_open_complaint,
        people.has_bought_new
    from {{ ref('int_loyalty_components') }} as people
    inner join peers
        on
            people.scored_on = peers.scored_on
            and people.stage = peers.stage
),

weighed as (
    select
        measured.*,
        {%- for component in components %}
        {{ '+' if not loop.first }} coalesce(measured.{{ component }} * weights.{{ component }}, 0)
        {%- endfor %} as total,
        {%- for component in components %}
        {{ '+' if not loop.first }} case
            when measured.{{ component }} is not null then weights.{{ component }}
            else 0
        end
        {%- endfor %} as known_weight
    from measured
    cross join weights
),

scored as (
    select
        *,
        case when known_weight > 0 then round(total / known_weight, 2) end as score
    from weighed
),

loyalty_behaviour as (
    select
        people.customer_key,
        people.customer_number,
        scored.scored_on,
        scored.stage,
        {%- for component in components %}
        scored.{{ component }},
        {%- endfor %}
        scored.score,
        {%- for component in components %}
        {{ 'and' if not loop.first }} scored.{{ component }} is not null
        {%- endfor %} as is_complete,
        coalesce(scored.score >= {{ number_var('ready_score') }}, false)
        and scored.stage = 'active'
        and not scored.has_open_complaint as is_cross_sell_ready,
        scored.has_bought_new as bought_new_product_90d
    from scored
    inner join {{ ref('customers') }} as people
        on scored.customer_number = people.customer_number
)

select * from loyalty_behaviour
