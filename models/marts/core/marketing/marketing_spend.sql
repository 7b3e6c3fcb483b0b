with keyed as (
    select
        staged.*,
        -- null is a value of the key, and no text
        coalesce('=' || staged.channel, '') || chr(31) || coalesce('=' || staged.campaign_id, '') || chr(31)
        || coalesce('=' || staged.purpose, '') || chr(31) || coalesce('=' || staged.currency, '') as parts
    from {{ ref('stg_marketing_spend') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on staged.spend_date <= dates.as_of
),

marketing_spend as (
    select
        source || ':' || cast(spend_date as {{ dbt.type_string() }}) || ':'
        || {{ dbt.hash('parts') }} as spend_key,
        source,
        spend_date,
        {{ published_value('spend', 'channel') }} as channel,
        source || ':' || campaign_id as campaign_key,
        {{ published_value('spend', 'purpose') }} as purpose,
        {{ convert_amount('amount', 'rate') }} as amount
    from keyed
)

select * from marketing_spend
