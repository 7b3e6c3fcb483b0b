with dates as (
    select
        as_of,
        {{ add_to_date('day', -7, 'as_of') }} as a_week_before,
        {{ add_to_date('day', -90, 'as_of') }} as ninety_days_before
    from {{ ref('as_of') }}
),

contacts as (
    select
        events.customer_number,
        count(*) filter (where events.event_date > dates.a_week_before) as contacts_7d,
        bool_or(coalesce(campaigns.kind = 'thanks', false)) as was_thanked_90d
    from {{ ref('int_campaign_events') }} as events
    inner join dates
        on events.event_date > dates.ninety_days_before
    left join {{ ref('int_campaigns_keyed') }} as campaigns
        on events.campaign_number = campaigns.campaign_number
    where
        events.campaign_step in ('send', 'withheld')
        and events.customer_number is not null
    group by events.customer_number
),

checkouts as (
    select
        customer_number,
        occurred_at,
        event_date
    from {{ ref('int_events') }}
    where
        event_type = 'checkout_started'
        and is_counted
        and customer_number is not null
    qualify row_number() over (
        partition by customer_number
        order by occurred_at desc, event_date desc
    ) = 1
),

-- an order of the day may have come after the checkout, where it has no time
orders as (
    select
        customer_number,
        max(ordered_at) as ordered_at,
        max(case when order_hour is null then order_date end) as whole_date
    from {{ ref('orders') }}
    where
        is_valid
        and customer_number is not null
    group by customer_number
),

offers as (
    select distinct customer_number
    from {{ mart_of('cross_sell', 'next_best_offers', {'customer_number': 'bigint', 'kind': 'string'}) }}
    where kind = 'upsell'
),

int_moments as (
    select
        people.customer_number,
        {{ days_from('people.last_order_date', 'dates.as_of') }} as days_since_order,
        {{ days_from('lapses.started_on', 'dates.as_of') }} as days_since_lapse,
        {{ days_to_birthday('people.birth_date', 'dates.as_of') }} as days_to_birthday,
        case
            when orders.ordered_at >= checkouts.occurred_at then null
            when orders.whole_date >= checkouts.event_date then null
            else {{ days_from('checkouts.event_date', 'dates.as_of') }}
        end as days_since_checkout_without_order,
        offers.customer_number is not null as has_upsell_offer,
        coalesce(loyalty.is_cross_sell_ready, false) as is_cross_sell_ready,
        advocates.customer_number is not null as is_advocate_candidate,
        coalesce(contacts.was_thanked_90d, false) as was_thanked_90d,
        coalesce(contacts.contacts_7d, 0) as contacts_7d,
        coalesce(
            {{ whole_years('people.birth_date', 'dates.as_of') }} < {{ number_var('adult_age') }}, false
        ) as is_minor
    from {{ ref('customers') }} as people
    cross join dates
    left join {{ ref('lifecycle_spells') }} as lapses
        on
            people.customer_number = lapses.customer_number
            and lapses.stage = 'lapsed'
            and lapses.ended_on is null
    left join checkouts
        on people.customer_number = checkouts.customer_number
    left join orders
        on people.customer_number = orders.customer_number
    left join offers
        on people.customer_number = offers.customer_number
    left join {{ mart_of('cross_sell', 'loyalty_behaviour', {
        'customer_number': 'bigint', 'scored_on': 'date', 'is_cross_sell_ready': 'boolean'
    }) }} as loyalty
        on
            people.customer_number = loyalty.customer_number
            and dates.as_of = loyalty.scored_on
    left join {{ mart_of('advocacy', 'advocate_candidates', {'customer_number': 'bigint'}) }} as advocates
        on people.customer_number = advocates.customer_number
    left join contacts
        on people.customer_number = contacts.customer_number
    where not people.is_staff
)

select * from int_moments
