{%- set visit_conversion = mart_of('engagement', 'visit_conversion', {
    'month_start': 'date', 'visitor_class': 'string', 'sessions': 'bigint', 'converting_sessions': 'bigint',
}) -%}
with words as (
    select
        spoken.*,
        'total' as breakdown,
        'all' as breakdown_value,
        sales.total_net_amount
    from {{ mart_of('advocacy', 'word_of_mouth', {
        'month_start': 'date', 'referred_net_amount': 'decimal(18, 4)', 'nps_promoters': 'bigint',
        'nps_detractors': 'bigint', 'nps_responses': 'bigint',
    }) }} as spoken
    inner join {{ ref('new_customer_share') }} as sales
        on
            spoken.month_start = sales.period_start
            and sales.period_grain = 'month'
            and sales.breakdown = 'total'
),

tiers as (
    select
        month_start,
        'tier' as breakdown,
        tier as breakdown_value,
        share
    from {{ mart_of('advocacy', 'advocacy_tier_summary', {
        'month_start': 'date', 'tier': 'string', 'share': 'double',
    }) }}
),

leads as (
    select
        {{ period_start('month', 'became_strong_at') }} as month_start,
        'total' as breakdown,
        'all' as breakdown_value,
        count(*) as people
    from {{ mart_of('engagement', 'lead_scores', {'became_strong_at': 'timestamp'}) }}
    where became_strong_at is not null
    group by {{ period_start('month', 'became_strong_at') }}
),

visits as (
    select
        month_start,
        'total' as breakdown,
        'all' as breakdown_value,
        sum(sessions) as sessions,
        sum(converting_sessions) as converting_sessions
    from {{ visit_conversion }}
    group by month_start
    union all
    select
        month_start,
        'visitor_class' as breakdown,
        visitor_class as breakdown_value,
        sessions,
        converting_sessions
    from {{ visit_conversion }}
),

int_voice_metrics as (
    {{ metric_rows('words', {'referred_share': ['referred_net_amount', 'total_net_amount']}) | trim }}
    union all
    {{ metric_rows(
        'words', {'nps': ['100 * (nps_promoters - nps_detractors)', 'nps_responses']}, 'nps_responses > 0'
    ) | trim }}
    union all
    {{ metric_rows('tiers', {'tier_share': 'share'}, 'share is not null') | trim }}
    union all
    {{ metric_rows('leads', {'strong_leads': 'people'}) | trim }}
    union all
    {{ metric_rows('visits', {
        'visits': 'sessions',
        'visit_conversion': ['converting_sessions', 'sessions'],
    }) | trim }}
)

select * from int_voice_metrics
