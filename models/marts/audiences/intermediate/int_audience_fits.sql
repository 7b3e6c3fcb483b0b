{%- set moments = [
    'days_since_order', 'days_since_lapse', 'days_to_birthday', 'days_since_checkout_without_order', 'has_upsell_offer',
    'is_cross_sell_ready', 'is_advocate_candidate', 'was_thanked_90d'
] -%}
with people as (
    select
        {%- for moment in moments %}
        moments.{{ moment }},
        {%- endfor %}
        profile.*
    from {{ ref('customer_profile') }} as profile
    inner join {{ ref('int_moments') }} as moments
        on profile.customer_number = moments.customer_number
),

-- every rule is asked once, of all that is known of a customer
int_audience_fits as (
    select
        customer_number,
        {%- for kind, condition in {'segment': 'first_order_date is not null', 'persona': 'true'}.items() %}
        cast(
            case
                when not ({{ condition }}) then null
                {%- for audience in audiences_by_priority(kind) %}
                when ({{ audience.rule }}) then {{ audience.number }}
                {%- endfor %}
            end as bigint
        ) as {{ kind }}_number,
        {%- endfor %}
        {%- for audience in audiences() %}
        {%- set rule = audience.rule if audience.kind in ('trigger', 'list') else 'false' %}
        case when ({{ rule }}) then '1' else '0' end ||
        {%- endfor %}
        '' as fits
    from people
)

select * from int_audience_fits
