with marketing_spend as (
    select
        staged.source || ':' || cast(staged.spend_date as {{ dbt.type_string() }}) || ':'
        || {{ dbt.hash("coalesce('=' || staged.channel, '') || chr(31) || coalesce('=' || staged.campaign_id, '') || chr(31)"
            ~ " || coalesce('=' || staged.purpose, '') || chr(31) || coalesce('=' || staged.currency, '')") }} as spend_key,
        staged.source,
        staged.spend_date,
        {{ published_value('spend', 'staged.channel') }} as channel,
        staged.source || ':' || staged.campaign_id as campaign_key,
        {{ published_value('spend', 'staged.purpose') }} as purpose,
        {{ convert_amount('staged.amount', 'staged.rate') }} as amount
    from {{ ref('stg_marketing_spend') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on staged.spend_date <= dates.as_of
)

select * from marketing_spend
