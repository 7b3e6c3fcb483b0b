{%- call(shop) source_rows('surveys', 'events') -%}
    select
        event_id,
        answered_at as occurred_at,
        'survey_answered' as event_type,
        visitor_id as anonymous_id,
        email,
        topic,
        given as rating,
        text
    from {{ survey_responses(shop) }} as answers
    where topic is not null
{%- endcall -%}
