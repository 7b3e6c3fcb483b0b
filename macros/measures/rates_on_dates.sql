{#- The rates of foreign currencies on dates, as a relation to select from: source, currency, business_date, rate. Of each the
    latest on or before the date, of the source's own rates, else of all sources'; without one the date is not there.

    `dated` names a relation of source, currency and business_date. -#}
{% macro rates_on_dates(dated) -%}
(
    with needed as (
        select distinct
            moments.source,
            moments.currency,
            moments.business_date
        from {{ dated }} as moments
        inner join {{ ref('reporting_currency') }} as reporting
            on moments.currency <> reporting.currency
    ),

    own_rates as (
        select
            source,
            currency,
            rate_date,
            rate,
            lead(rate_date) over (
                partition by source, currency
                order by rate_date
            ) as next_rate_date
        from {{ ref('stg_fx_rates') }}
    ),

    all_rates as (
        select
            currency,
            rate_date,
            max(rate) as rate,
            lead(rate_date) over (
                partition by currency
                order by rate_date
            ) as next_rate_date
        from {{ ref('stg_fx_rates') }}
        group by
            currency,
            rate_date
    ),

    rated as (
        select
            needed.source,
            needed.currency,
            needed.business_date,
            coalesce(own_rates.rate, all_rates.rate) as rate
        from needed
        left join own_rates
            on
                needed.source = own_rates.source
                and needed.currency = own_rates.currency
                and needed.business_date >= own_rates.rate_date
                and (needed.business_date < own_rates.next_rate_date or own_rates.next_rate_date is null)
        left join all_rates
            on
                needed.currency = all_rates.currency
                and needed.business_date >= all_rates.rate_date
                and (needed.business_date < all_rates.next_rate_date or all_rates.next_rate_date is null)
        where coalesce(own_rates.rate, all_rates.rate) is not null
    )

    select * from rated
)
{%- endmacro %}
