with int_audiences as (
    {%- for audience in audiences() %}
    select
        cast({{ audience.number }} as bigint) as audience_number,
        {{ literal(audience.name) }} as audience,
        {{ literal(audience.kind) }} as kind,
        cast({{ literal(audience.channel) if audience.channel else 'null' }} as {{ dbt.type_string() }}) as channel,
        cast({{ literal(audience.purpose) if audience.purpose else 'null' }} as {{ dbt.type_string() }}) as purpose,
        cast({{ audience.holdout_share }} as double) as holdout_share,
        {{ audience.adults_only | lower }} as adults_only
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as bigint) as audience_number,
        cast(null as {{ dbt.type_string() }}) as audience,
        cast(null as {{ dbt.type_string() }}) as kind,
        cast(null as {{ dbt.type_string() }}) as channel,
        cast(null as {{ dbt.type_string() }}) as purpose,
        cast(null as double) as holdout_share,
        cast(null as boolean) as adults_only
    where false
    {%- endfor %}
)

select * from int_audiences
