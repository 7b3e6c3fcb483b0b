-- every shop has advocates once it hears of them: without a word of anybody the tiers say nothing
with heard as (
    select count(*) as acts
    from {{ ref('advocacy_acts') }} as acts
    inner join {{ ref('as_of') }} as dates
        on acts.act_date > {{ add_to_date('day', -365, 'dates.as_of') }}
    where acts.counts
),

dates as (
    select
        {{ period_start('month', 'as_of') }} as month_start,
        {{ add_to_date('month', -11, period_start('month', 'as_of')) }} as year_start
    from {{ ref('as_of') }}
),

referrals as (
    select count(*) as orders
    from {{ ref('orders') }}
    where referral_code is not null
),

referred as (
    select
        sum(spoken.referred_net_amount) as referred_net_amount,
        sum(sales.total_net_amount) as total_net_amount
    from {{ mart_of('advocacy', 'word_of_mouth', {
        'month_start': 'date', 'referred_net_amount': 'decimal(18, 4)'
    }) }} as spoken
    inner join dates
        on spoken.month_start >= dates.year_start
    inner join {{ ref('new_customer_share') }} as sales
        on spoken.month_start = sales.period_start
    where
        sales.period_grain = 'month'
        and sales.breakdown = 'total'
),

int_claim_measures as (
    select
        'best_fifth' as claim_id,
        shares.top_20_percent_share as measured_value
    from {{ ref('concentration') }} as shares
    inner join dates
        on shares.month_start = dates.month_start
    where shares.measure_window = 'trailing_12m'
    union all
    select
        'retention_profit' as claim_id,
        value_change as measured_value
    from {{ ref('retention_scenarios') }}
    where scenario = 'plus_5_points'
    union all
    select
        'word_of_mouth' as claim_id,
        {{ share_of('referred.referred_net_amount', 'referred.total_net_amount') }} as measured_value
    from referred
    inner join referrals
        on referrals.orders > 0
    union all
    select
        tiers.tier || 's' as claim_id,
        tiers.share as measured_value
    from {{ mart_of('advocacy', 'advocacy_tier_summary', {
        'month_start': 'date', 'tier': 'string', 'share': 'double'
    }) }} as tiers
    inner join dates
        on tiers.month_start = dates.month_start
    inner join heard
        on heard.acts > 0
    union all
    select
        'one_point_of_lovers' as claim_id,
        moves.lovers_gain as measured_value
    from {{ mart_of('advocacy', 'advocacy_what_if', {
        'scenario': 'string', 'lovers_gain': 'double'
    }) }} as moves
    inner join heard
        on heard.acts > 0
    where moves.scenario = 'one_point_of_base'
    union all
    select
        'products_held' as claim_id,
        retention_difference as measured_value
    from {{ ref('int_held_retention') }}
    union all
    select
        'monday_morning' as claim_id,
        avg(index) / 100 as measured_value
    from {{ mart_of('profile', 'purchase_patterns', {
        'segment_by': 'string', 'weekday': 'bigint', 'hour': 'bigint', 'index': 'double'
    }) }}
    where
        segment_by = 'total'
        and weekday = 1
        and hour between 8 and 11
)

select * from int_claim_measures
