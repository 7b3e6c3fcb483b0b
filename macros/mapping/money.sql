{#- For the mappings of systems, whose raw columns are texts (macro raw_table). -#}

{#- A raw amount or number as a decimal; null where it is none. -#}
{% macro money(raw) -%}
    {{ parse_decimal(raw, 'VARCHAR', 18, 4) }}
{%- endmacro %}

{#- What a mapping computes from raw amounts, as a text; where one of these is there and no number, that one as it stands: so the
    contract rejects the row by the value, instead of a sum that quietly lacks it. It says, too, what is too large for an amount. -#}
{% macro computed_money(value, raws) -%}
    case
        {%- for raw in raws %}
        when {{ raw }} is not null and {{ money(raw) }} is null then {{ raw }}
        {%- endfor %}
        else coalesce(
            cast(try_cast({{ value }} as decimal(18, 4)) as {{ dbt.type_string() }}), cast({{ value }} as {{ dbt.type_string() }})
        )
    end
{%- endmacro %}

{#- The sum of raw amounts (an aggregate) as a raw amount; where one of them is no number, that one as it stands. -#}
{% macro summed_money(raw) -%}
    coalesce(
        max(case when {{ raw }} is not null and {{ money(raw) }} is null then {{ raw }} end),
        cast(sum({{ money(raw) }}) as {{ dbt.type_string() }})
    )
{%- endmacro %}
