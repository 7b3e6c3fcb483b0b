{{ config(materialized='table') }}

{%- set configured = configured_currency() %}

with present as (
    select currency
    from {{ ref('base_orders') }}
    where
        reject_reason is null
        and currency is not null
    union
    select currency
    from {{ ref('base_refunds') }}
    where
        reject_reason is null
        and currency is not null
),

reporting_currency as (
    select
        {%- if configured %}
        upper({{ literal(configured) }}) as currency,
        {%- else %}
        case
            when count(*) > 1
                then {{ raise_in_query(
                    "'several currencies are present (' || " ~ sorted_list(
                        "case when length(currency) = 3 then currency else '(free text)' end"
                    ) ~ " || " ~ literal(
                        '): say in which one to report, by the var reporting_currency or PATRONAGE_CURRENCY'
                    )
                ) }}
            else min(currency)
        end as currency,
        {%- endif %}
        count(*) as currencies
    from present
)

select
    currency,
    currencies
from reporting_currency
