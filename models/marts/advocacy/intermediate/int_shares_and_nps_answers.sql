-- also those of visitors whom nobody knows, and answers that were paid for
with int_shares_and_nps_answers as (
    select
        {{ period_start('month', 'event_date') }} as month_start,
        lead_number,
        count(*) filter (where event_type = 'product_shared') as shares,
        count(nps_answer) as answers,
        count(*) filter (where nps_answer = 'promoter') as promoters,
        count(*) filter (where nps_answer = 'detractor') as detractors
    from {{ ref('int_events') }}
    where
        is_counted
        and (event_type = 'product_shared' or nps_answer is not null)
    group by
        {{ period_start('month', 'event_date') }},
        lead_number
)

select * from int_shares_and_nps_answers
