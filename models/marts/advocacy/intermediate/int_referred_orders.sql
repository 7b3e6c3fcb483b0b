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
        orders.order_row_id,
        orders.source,
        orders.order_date,
        orders.net_amount,
        staged.order_id,
        staged.ordered_at,
        staged.referral_code
    from {{ ref('int_orders') }} as orders
    inner join {{ ref('stg_orders') }} as staged
        on orders.order_row_id = staged.row_id
    left join {{ ref('int_referral_code_owners') }} as owners
        on
            staged.source = owners.source
            and staged.referral_code = owners.referral_code
            and orders.customer_number = owners.customer_number
    where
        orders.is_valid
        and orders.order_class = 'new'
        and staged.referral_code is not null
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
        cast(null as bigint) as order_row_id
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
        order_row_id
    from referred_orders
),

latest_invites as (
    select
        order_row_id,
        {{ last_known('invite_number', code_history) }} as invite_number,
        {{ last_known('invite_date', code_history) }} as invite_date
    from timeline
),

int_referred_orders as (
    select
        orders.order_row_id,
        orders.order_date,
        orders.net_amount,
        invites.invite_number,
        invites.invite_date
    from referred_orders as orders
    left join latest_invites as invites
        on
            orders.order_row_id = invites.order_row_id
            and orders.order_date
            <= {{ add_to_date('day', number_var('invite_window_days'), 'invites.invite_date') }}
)

select * from int_referred_orders
