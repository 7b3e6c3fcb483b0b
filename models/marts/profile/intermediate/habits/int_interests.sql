with topics as (
    select
        visits.customer_number,
        visits.topic,
        count(*) as events,
        {{ stable_sum('power(0.5, ' ~ days_from('visits.event_date', 'dates.as_of') ~ ' / 30e0)') }} as weight
    from {{ ref('int_recent_visits') }} as visits
    cross join {{ ref('as_of') }} as dates
    where visits.topic is not null
    group by
        visits.customer_number,
        visits.topic
),

shares as (
    select
        customer_number,
        topic,
        events,
        weight / cast(sum({{ exact('weight') }}) over (partition by customer_number) as double) as share,
        cast(sum({{ exact('weight') }}) over (partition by topic) as double)
        / cast(sum({{ exact('weight') }}) over () as double) as base_share
    from topics
),

-- what somebody looks at more than others do, and more than by chance
interests as (
    select
        customer_number,
        topic
    from shares
    where
        events >= 5
        and round(100 * share / base_share, 6) >= 120
    qualify row_number() over (
        partition by customer_number
        order by round(100 * share / base_share, 6) desc, topic asc
    ) = 1
),

answers as (
    select
        customer_number,
        answer
    from {{ ref('survey_answers') }}
    where
        question_id = 'preference'
        and answer is not null
        and customer_number is not null
    qualify row_number() over (
        partition by customer_number
        order by answered_at desc, answer asc
    ) = 1
),

withdrawn as (
    select distinct customer_number
    from {{ ref('int_consent_spells') }}
    where
        purpose = 'personalisation'
        and status = 'withdrawn'
        and ended_at is null
),

int_interests as (
    select
        coalesce(interests.customer_number, answers.customer_number) as customer_number,
        interests.topic as interest,
        traits.trait as inferred_trait,
        answers.answer as declared_preference
    from interests
    full outer join answers
        on interests.customer_number = answers.customer_number
    left join {{ ref('topic_traits') }} as traits
        on {{ lower_case('interests.topic') }} = {{ lower_case('trim(traits.topic)') }}
    left join withdrawn
        on coalesce(interests.customer_number, answers.customer_number) = withdrawn.customer_number
    where withdrawn.customer_number is null
)

select * from int_interests
