{%- call(shop) source_rows('complete_journey', 'campaigns') -%}
    -- days are given as midnights
    select
        campaign_id,
        campaign_type as kind,
        substr(start_date, 1, 10) as started_at,
        substr(end_date, 1, 10) as ended_at
    from {{ raw_table(shop, 'campaign_descriptions') }}
{%- endcall -%}
