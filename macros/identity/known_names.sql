{#- What names the people who asked to be erased, wherever a source says it, as a relation to select from: source, kind
    (account, code, email, phone), column_value, known_text (as texts are compared) and is_telling: not found by chance
    inside of other texts. The others are known where they stand alone. -#}
{% macro known_names() -%}
{%- set names = {
    'customers': ['customer_id', 'email', 'phone', 'referral_code'],
    'orders': ['customer_id', 'email', 'phone'],
    'identities': ['customer_id', 'same_as'],
    'erasures': ['customer_id', 'email'],
    'events': ['referral_code'],
} %}
(
    with delivered as (
        {%- for table in searched_tables(names | list) %}
        {{ 'union all' if not loop.first }}
        select
            source,
            case column_name
                {%- for column in names[table] %}
                when {{ literal(column) }} then {{ literal(name_kind(column)) }}
                {%- endfor %}
            end as kind,
            column_value
        from {{ column_values(table, names[table]) }} as names_of_{{ table }}
        where {{ 'true' if has_erasures() else 'false' }}
        {%- endfor %}
    ),

    known as (
        select distinct
            delivered.source,
            delivered.kind,
            delivered.column_value,
            case
                when delivered.kind = 'phone' then {{ normal_phone('delivered.column_value') }}
                else {{ plain_text('delivered.column_value') }}
            end as known_text
        from delivered
        inner join {{ ref('erasure_tombstones') }} as nodes
            on
                case delivered.kind
                    {%- for kind in ('account', 'code', 'email', 'phone') %}
                    when {{ literal(kind) }} then {{ identity_node(kind, 'delivered', 'column_value') }}
                    {%- endfor %}
                end = nodes.node
    ),

    judged as (
        select
            source,
            kind,
            column_value,
            known_text,
            case
                when kind = 'email' then length(known_text) >= 5 and position('@' in known_text) > 1
                when kind = 'phone'
                    then length(known_text) >= 7 and replace(known_text, substr(known_text, 1, 1), '') <> ''
                when length(known_text) >= 10 then true
                when lower(known_text) = upper(known_text) then false
                when kind = 'code' then length(known_text) >= 5
                else
                    length(known_text) >= 6
                    and (position('@' in known_text) > 0 or {{ normal_phone('known_text') }} is not null)
            end as is_telling
        from known
    )

    select * from judged
)
{%- endmacro %}
