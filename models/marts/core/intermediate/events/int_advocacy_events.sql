{#- What known people, neither staff nor bots, said of the shop: acts, signals, and opinions good or bad. -#}
with events as (
    select
        staged.row_id as event_row_id,
        event_people.customer_number,
        staged.source,
        staged.event_id,
        staged.occurred_at,
        staged.event_date,
        staged.event_type,
        staged.referral_code,
        staged.rating,
        staged.text is not null as has_text,
        staged.event_type = 'survey_answered'
        and coalesce(lower(staged.topic) = 'nps' and staged.rating between 0 and 10, false) as is_nps,
        case when staged.event_type = 'referral_converted' then staged.order_id end as order_id,
        coalesce(staged.is_incentivised, false) as is_incentivised,
        coalesce(staged.is_verified, false) as is_verified,
        points.advocacy_kind,
        points.min_rating
    from {{ ref('stg_events') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on staged.event_date <= dates.as_of
    inner join {{ ref('int_event_customers') }} as event_people
        on staged.row_id = event_people.event_row_id
    left join {{ ref('event_points') }} as points
        on staged.event_type = points.event_type
    left join {{ ref('int_customer_attributes') }} as attributes
        on event_people.customer_number = attributes.customer_number
    where
        not coalesce(staged.is_bot, false)
        and not coalesce(attributes.is_staff, false)
        and (
            points.advocacy_kind is not null
            or staged.event_type in ('product_reviewed', 'product_shared', 'referral_sent', 'survey_answered')
        )
),

buyers as (
    select
        orders.source,
        orders.order_id,
        people.customer_number
    from {{ ref('order_keys') }} as orders
    inner join {{ ref('int_as_of') }} as dates
        on orders.order_date <= dates.as_of
    inner join {{ ref('int_order_customers') }} as people
        on orders.order_row_id = people.order_row_id
),

int_advocacy_events as (
    select
        events.event_row_id,
        events.customer_number,
        events.source,
        events.event_id,
        events.occurred_at,
        events.event_date,
        events.event_type,
        events.referral_code,
        events.rating,
        events.is_nps,
        events.is_incentivised,
        events.is_verified,
        case
            when events.min_rating is not null and coalesce(events.rating < events.min_rating, true) then null
            when events.event_type = 'survey_answered' and not events.is_nps then null
            when buyers.customer_number = events.customer_number then null
            when
                events.event_type = 'product_reviewed'
                and events.advocacy_kind = 'act' and not events.has_text
                then 'signal'
            else events.advocacy_kind
        end as kind,
        case
            when events.is_incentivised then null
            when events.event_type = 'product_reviewed'
                then case when events.rating >= 4 then 'high' when events.rating < 3 then 'low' end
            when events.is_nps
                then case when events.rating >= 9 then 'high' when events.rating <= 6 then 'low' end
        end as opinion
    from events
    left join buyers
        on
            events.source = buyers.source
            and events.order_id = buyers.order_id
)

select * from int_advocacy_events
