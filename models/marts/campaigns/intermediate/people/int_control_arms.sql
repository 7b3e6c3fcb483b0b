-- Who was sent a campaign beside who was held out of it at random, and whether they ordered soon after.
with people as (
    select
        campaign_number,
        customer_number,
        max(campaign_step) as arm,
        min(occurred_at) as began_at,
        min(event_date) as began_on
    from {{ ref('int_campaign_events') }}
    where
        campaign_step in ('send', 'withheld')
        and campaign_number is not null
        and customer_number is not null
    group by
        campaign_number,
        customer_number
    -- who was in both is in neither
    having min(campaign_step) = max(campaign_step)
),

arms as (
    select people.*
    from people
    inner join {{ ref('as_of') }} as dates
        on people.began_on <= {{ add_to_date('day', -number_var('uplift_days'), 'dates.as_of') }}
    -- without a control there is nothing to compare with
    qualify bool_or(people.arm = 'withheld') over (partition by people.campaign_number)
),

int_control_arms as (
    select
        arms.campaign_number,
        arms.customer_number,
        arms.arm = 'send' as is_treated,
        coalesce(bool_or(
            case
                when orders.order_hour is null then orders.order_date > arms.began_on
                else orders.ordered_at > arms.began_at
            end
            and orders.order_date <= {{ add_to_date('day', number_var('uplift_days'), 'arms.began_on') }}
        ), false) as has_ordered
    from arms
    left join {{ ref('orders') }} as orders
        on
            arms.customer_number = orders.customer_number
            and orders.is_valid
    group by
        arms.campaign_number,
        arms.customer_number,
        arms.arm
)

select * from int_control_arms
