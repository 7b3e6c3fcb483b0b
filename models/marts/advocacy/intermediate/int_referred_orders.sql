{%- set code_history = 'partition by source, referral_code order by happened_at, is_order, row_key' -%}
with invites as (
    select
        event_number,
        source,
        event_id,
        occurred_at,
        event_date,
        referral_code
    from {{ ref('int_advocacy_events') }}
    where
        event_type = 'referral_sent'
        and referral_code is not null
),

referred_orders as (
    select
        orders.order_number,
        orders.source,
        orders.order_id,
        orders.ordered_at,
        orders.order_date,
        orders.stated_referral_code as referral_code,
        orders.net_amount
    from {{ ref('orders') }} as orders
    left join {{ ref('int_referral_code_owners') }} as owners
        on
            orders.source = owners.source
            and orders.stated_referral_code = owners.referral_code
            and orders.customer_number = owners.customer_number
    where
        orders.is_valid
        and orders.order_class = 'new'
        and orders.stated_referral_code is not null
        and owners.customer_number is null
),

-- invites and orders of a code in their order: an invite comes before an order of the same instant
timeline as (
    select
        source,
        referral_code,
        occurred_at as happened_at,
        0 as is_order,
        event_id as row_key,
        event_number as invite_number,
        event_date as invite_date,
        cast(null as bigint) as order_number
    from invites
    union all
    select
        source,
        referral_code,
        ordered_at as happened_at,
        1 as is_order,
        order_id as row_key,
        cast(null as bigint) as invite_number,
        cast(null as date) as invite_date,
        order_number
    from referred_orders
),

latest_invites as (
    select
        order_number,
        {{ last_known('invite_number', code_history) }} as invite_number,
        {{ last_known('invite_date', code_history) }} as invite_date
    from timeline
),

int_referred_orders as (
    select
        orders.order_number,
        orders.order_date,
        orders.net_amount,
        invites.invite_number,
        invites.invite_date
    from referred_orders as orders
    left join latest_invites as invites
        on
            orders.order_number = invites.order_number
            and orders.order_date
            <= {{ add_to_date('day', number_var('invite_window_days'), 'invites.invite_date') }}
)

select * from int_referred_orders
