{%- call(shop) source_rows('surveys', 'surveys') -%}
    -- a survey has run since its first answer
    select
        survey_id,
        survey_id as name,
        -- Delighted asks customers; whom a form asks, only the shop knows
        case when survey_id like 'delighted-%' then 'customers' end as kind,
        min(answered_at) as started_at
    from {{ survey_responses(shop) }} as answers
    group by survey_id
{%- endcall -%}
