with sales as (
    select
        {{ period_start('month', 'order_date') }} as month_start,
        count(distinct customer_number) as customers,
        sum(net_amount) as total_net_amount
    from {{ ref('int_valid_orders') }}
    group by {{ period_start('month', 'order_date') }}
),

referred as (
    select
        {{ period_start('month', 'order_date') }} as month_start,
        count(*) as referred_orders,
        sum(net_amount) as referred_net_amount
    from {{ ref('int_referred_orders') }}
    group by {{ period_start('month', 'order_date') }}
),

-- an invite converts once, however many friends use its code
converted as (
    select
        {{ period_start('month', 'invite_date') }} as month_start,
        count(distinct invite_number) as converted_invites
    from {{ ref('int_referred_orders') }}
    where invite_number is not null
    group by {{ period_start('month', 'invite_date') }}
),

invites as (
    select
        {{ period_start('month', 'event_date') }} as month_start,
        count(*) as invites
    from {{ ref('int_advocacy_events') }}
    where event_type = 'referral_sent'
    group by {{ period_start('month', 'event_date') }}
),

-- what nobody known nor any visitor did is nobody's, and no top sharer's
sayings as (
    select
        month_start,
        sum(shares) as shares,
        max(shares) filter (where shares > 0 and lead_number is not null) as top_shares,
        sum(answers) as responses,
        sum(promoters) as promoters,
        sum(detractors) as detractors,
        -- twice what there is when one half is added to each of promoters, passives and detractors: few
        -- answers, and answers that are all alike, are no certainty
        cast(2 * sum(answers) + 3 as double) as more_responses,
        cast(2 * sum(promoters) + 1 as double) as more_promoters,
        cast(2 * sum(detractors) + 1 as double) as more_detractors
    from {{ ref('int_shares_and_nps_answers') }}
    group by month_start
),

word_of_mouth as (
    select
        months.period_start as month_start,
        coalesce(referred.referred_orders, 0) as referred_orders,
        cast(coalesce(referred.referred_net_amount, 0) as decimal(18, 4)) as referred_net_amount,
        {{ share_of('coalesce(referred.referred_net_amount, 0)', 'sales.total_net_amount') }}
            as wom_revenue_share,
        coalesce(invites.invites, 0) as invites,
        coalesce(converted.converted_invites, 0) as converted_invites,
        case
            when
                {{ add_to_date('month', 1, 'months.period_start') }}
                <= {{ add_to_date('day', 1 - number_var('invite_window_days'), 'dates.as_of') }}
                then {{ share_of('coalesce(converted.converted_invites, 0)', 'sales.customers') }}
        end as k_factor,
        cast(coalesce(sayings.shares, 0) as bigint) as shares,
        {{ share_of('sayings.top_shares', 'sayings.shares') }} as top_sharer_share,
        round(
            100 * (sayings.promoters - sayings.detractors) / nullif(cast(sayings.responses as double), 0), 9
        ) as nps,
        cast(coalesce(sayings.responses, 0) as bigint) as nps_responses,
        cast(coalesce(sayings.promoters, 0) as bigint) as nps_promoters,
        cast(coalesce(sayings.detractors, 0) as bigint) as nps_detractors,
        case
            when sayings.responses >= 2
                then round(100 * sqrt(
                    2 * (
                        (sayings.more_promoters + sayings.more_detractors) * sayings.more_responses
                        - power(sayings.more_promoters - sayings.more_detractors, 2)
                    ) / power(sayings.more_responses, 3)
                ), 9)
        end as nps_standard_error
    from {{ ref('int_periods') }} as months
    cross join {{ ref('as_of') }} as dates
    left join sales
        on months.period_start = sales.month_start
    left join referred
        on months.period_start = referred.month_start
    left join converted
        on months.period_start = converted.month_start
    left join invites
        on months.period_start = invites.month_start
    left join sayings
        on months.period_start = sayings.month_start
    where months.period_grain = 'month'
)

select * from word_of_mouth
