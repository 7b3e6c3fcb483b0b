{%- set until_the_start = "spells.last_order_date and spells.started_on" -%}
-- What was known of a customer from the last order until he lapsed; he is asked after that, too.
with answers as (
    select
        spells.customer_number,
        spells.started_on,
        'survey:' || answers.answer as reason,
        answers.answered_at as happened_at
    from {{ ref('survey_answers') }} as answers
    inner join {{ ref('int_lapsed_spells') }} as spells
        on
            answers.customer_number = spells.customer_number
            and answers.answered_date >= spells.last_order_date
            and answers.answered_date < spells.ended_on
    where
        answers.question_id = 'leave_reason'
        and answers.answer is not null
),

complaints as (
    select
        spells.customer_number,
        spells.started_on,
        'complaint:' || coalesce(tickets.topic, 'other') as reason,
        tickets.opened_at as happened_at
    from {{ ref('int_tickets') }} as tickets
    inner join {{ ref('int_lapsed_spells') }} as spells
        on
            tickets.customer_number = spells.customer_number
            and tickets.opened_date between {{ until_the_start }}
    where
        tickets.is_complaint
        and (
            {{ is_open_complaint('tickets', 'spells.started_on') }}
            or tickets.satisfaction <= 2
        )
),

refunded as (
    select
        spells.customer_number,
        spells.started_on
    from {{ ref('refunds') }} as refunds
    inner join {{ ref('refund_reasons') }} as reasons
        on refunds.reason = reasons.reason
    inner join {{ ref('int_lapsed_spells') }} as spells
        on
            refunds.customer_number = spells.customer_number
            and refunds.refund_date between {{ until_the_start }}
    where
        refunds.is_valid
        and reasons.is_quality
),

reviewed as (
    select
        spells.customer_number,
        spells.started_on
    from {{ ref('int_product_reviews') }} as reviews
    inner join {{ ref('int_lapsed_spells') }} as spells
        on
            reviews.customer_number = spells.customer_number
            and reviews.event_date between {{ until_the_start }}
    where reviews.rating < 3
),

-- on the business date of the statement by which the consent ended
withdrawn as (
    select
        spells.customer_number,
        spells.started_on
    from {{ ref('int_consent_spells') }} as consents
    inner join {{ ref('int_consent_statements') }} as statements
        on
            consents.customer_number = statements.customer_number
            and consents.channel = statements.channel
            and consents.purpose = statements.purpose
            and consents.status = statements.status
            and consents.started_at = statements.stated_at
    inner join {{ ref('int_lapsed_spells') }} as spells
        on
            consents.customer_number = spells.customer_number
            and statements.stated_date between {{ until_the_start }}
    where
        consents.purpose = 'marketing'
        and consents.status = 'withdrawn'
),

int_leave_evidence as (
    {%- for kind, reason in {
        'answers': none, 'complaints': none, 'refunded': 'quality', 'reviewed': 'bad_review', 'withdrawn': 'withdrew_consent'
    }.items() %}
    {{ 'union all' if not loop.first }}
    select
        customer_number,
        started_on,
        {{ loop.index }} as place,
        {{ literal(reason) if reason else 'reason' }} as reason,
        {{ 'cast(null as ' ~ dbt.type_timestamp() ~ ')' if reason else 'happened_at' }} as happened_at
    from {{ kind }}
    {%- endfor %}
)

select * from int_leave_evidence
