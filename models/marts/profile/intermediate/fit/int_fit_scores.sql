{%- set traits = profile_attributes('trait') -%}
{%- set joins = [] -%}
{%- for trait in traits -%}
    {%- do joins.append(
        'left join points as ' ~ trait ~ '_points on ' ~ trait ~ '_points.attribute = ' ~ literal(trait)
        ~ ' and people.' ~ trait ~ ' = ' ~ trait ~ '_points.value'
    ) -%}
{%- endfor -%}
with points as (
    select
        attribute,
        value,
        max(points) filter (where fit = 'full') as full_points,
        max(points) filter (where fit = 'half') as half_points
    from {{ ref('int_fit_points') }}
    group by
        attribute,
        value
),

int_fit_scores as (
    select
        people.customer_number,
        people.customer_key,
        people.lead_band,
        people.is_in_base,
        {%- for fit in ['full', 'half'] %}
        round(
            {%- for trait in traits %}
            {{ '+' if not loop.first }} coalesce({{ trait }}_points.{{ fit }}_points, 0)
            {%- endfor %}, 6
        ) as {{ fit }}_score,
        {%- endfor %}
        coalesce(
            {%- for trait in traits %}
            nullif(people.{{ trait }}, 'unknown'),
            {%- endfor %} 'unknown'
        ) <> 'unknown' as has_known_trait
    from {{ ref('customer_profile') }} as people
    {{ joins | join('\n    ') }}
)

select * from int_fit_scores
