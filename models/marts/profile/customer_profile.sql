{%- set known = [
    'birth_date', 'gender', 'country', 'region', 'job_title', 'household_size', 'income_band', 'acquisition_channel', 'email', 'phone'
] -%}
{%- set stated = [
    'gender', 'country', 'region', 'city', 'household_size', 'income_band', 'customer_type', 'acquisition_channel',
    'loyalty_joined_date', 'created_date', 'first_order_date'
] -%}
{%- set extension = profile_extension() -%}
with customer_profile as (
    select
        people.customer_key,
        people.customer_number,
        traits.age_years,
        traits.age_band,
        traits.role_level,
        {%- for column in stated %}
        people.{{ column }},
        {%- endfor %}
        traits.tenure_days,
        case
            when traits.has_ordered then {{ tenure_band('traits.tenure_days') }}
            else 'none'
        end as tenure_band,
        devices.device_preference,
        orders.channel_preference,
        products.top_category,
        products.top_brand,
        orders.favourite_weekday,
        orders.favourite_daypart,
        case
            when {{ days_from('people.first_order_date', 'dates.as_of') }} >= 89
                then round(
                    people.order_days * 365
                    / ({{ days_from('people.first_order_date', 'dates.as_of') }} + 1e0), 9
                )
        end as orders_per_year,
        case when traits.tenure_days >= 730 then seasons.customer_number is not null end as is_seasonal,
        seasons.season_month,
        lifetime.multi_item_share,
        {{ share_of('people.discount_amount', 'people.gross_amount') }} as discount_share,
        -- null without goods (least() would make 1 of it)
        case
            when people.gross_amount > people.discount_amount
                then least(1, {{ share_of(
                    '(people.refund_amount + people.credit_note_amount)',
                    '(people.gross_amount - people.discount_amount)'
                ) }})
        end as refund_share,
        lifetime.payment_preference,
        interests.interest,
        interests.inferred_trait,
        interests.declared_preference,
        coalesce(wishes.wishlist_items, 0) as wishlist_items,
        coalesce(wishes.wishlist_bought, 0) as wishlist_bought,
        standings.lifecycle_stage,
        standings.rfm_segment,
        standings.engagement_level,
        standings.lead_band,
        standings.advocacy_tier,
        standings.loyalty_quadrant,
        yearly.spend_band,
        coalesce(yearly.loyalty_tier, 'none') as loyalty_tier,
        case when traits.has_ordered then coalesce(yearly.is_top_20_percent, false) end as is_top_20_percent,
        case when traits.has_ordered then people.net_amount end as net_amount,
        coalesce(yearly.net_amount_12m, 0) as net_amount_12m,
        coalesce(yearly.orders_12m, 0) as orders_12m,
        coalesce(orders.order_days_12m, 0) as order_days_12m,
        standings.churn_risk,
        standings.clv_365,
        coalesce(products.products_held, 0) as products_held,
        standings.loyalty_score,
        standings.has_open_complaint,
        (
            {%- for attribute in known %}
            {{ '+ ' if not loop.first }}case when traits.has_{{ attribute }} then 1 else 0 end
            {%- endfor %}
        ) / {{ known | length }}e0 as known_share,
        traits.has_email,
        traits.has_phone,
        {%- for column in extension.columns %}
        extension.{{ column }},
        {%- endfor %}
        coalesce(people.last_order_date > {{ add_to_date('day', -365, 'dates.as_of') }}, false) as is_in_base
    from {{ ref('customers') }} as people
    inner join {{ ref('int_customer_traits') }} as traits
        on people.customer_number = traits.customer_number
    inner join {{ ref('int_standings') }} as standings
        on people.customer_number = standings.customer_number
    cross join {{ ref('as_of') }} as dates
    {%- for name, step in {
        'yearly': 'int_yearly_standings', 'orders': 'int_order_habits', 'lifetime': 'int_lifetime_habits',
        'seasons': 'int_seasons', 'products': 'int_product_habits', 'devices': 'int_device_preferences',
        'interests': 'int_interests', 'wishes': 'int_wishlists',
    }.items() %}
    left join {{ ref(step) }} as {{ name }}
        on people.customer_number = {{ name }}.customer_number
    {%- endfor %}
    {%- if extension.columns %}
    left join {{ ref(project_name, extension.model) }} as extension
        on people.customer_key = extension.customer_key
    {%- endif %}
)

select * from customer_profile
