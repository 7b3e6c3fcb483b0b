{#- The accepted rows of a contract table, each with the rate at which its amounts are converted: a whole staging model.
    `dated_by`: see rates_of. -#}
{% macro rated_rows(table, dated_by) %}
with accepted as (
    {{ accepted_rows(table) | indent(4) | trim }}
),

stg_{{ table }} as (
    select
        accepted.*,
        coalesce(rates.rate, 1) as rate
    from accepted
    left join {{ rates_of('accepted', dated_by) }}
)

select * from stg_{{ table }}
{% endmacro %}

{#- All typed rows of a contract table with amounts in a currency, as a relation to select from: row_id, source, the key and the
    final reject_reason. `amounts` are the columns that will be converted; `dated_by`: see rates_of. -#}
{% macro judged_amounts(table, amounts, dated_by) -%}
(
    select
        typed.row_id,
        typed.source,
        {%- for column in raw_contract()[table].key %}
        typed.{{ column }},
        {%- endfor %}
        case
            when typed.reject_reason is not null then typed.reject_reason
            when typed.currency <> reporting.currency and rates.rate is null then 'no rate for currency'
            {%- for amount in amounts %}
            when abs(typed.{{ amount }} * cast(rates.rate as double)) > 1e12 then {{ literal(amount ~ ' too large') }}
            {%- endfor %}
        end as reject_reason
    from {{ ref('base_' ~ table) }} as typed
    cross join {{ ref('reporting_currency') }} as reporting
    left join {{ rates_of('typed', dated_by) }}
)
{%- endmacro %}

{#- The rates of rows as what is joined to them, named `rates`: those of the business date in the column `dated_by`, or of the
    `year`. -#}
{% macro rates_of(rows, dated_by) -%}
    {%- set is_yearly = dated_by == 'year' -%}
    {{ ref('yearly_fx_rates' if is_yearly else 'needed_fx_rates') }} as rates
        on
            {{ rows }}.source = rates.source
            and {{ rows }}.currency = rates.currency
            and {{ rows }}.{{ dated_by }} = rates.{{ 'year' if is_yearly else 'business_date' }}
{%- endmacro %}
