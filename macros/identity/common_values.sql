{#- What a published text may say: those of the counted values that enough share and that are nobody's address, as a
    relation to select from (column_name, value).

    Few share what somebody typed in: a name, an address, a note. `counted` names a relation of values (column_name,
    value) with the number of their sharers; `known` is a condition by which a value needs none. -#}
{% macro common_values(counted, known='false') -%}
(
    with shared as (
        select
            column_name,
            value
        from {{ counted }}
        where
            value is not null
            and (sharers >= {{ number_var('rare_value_limit') }} or {{ known }})
    ),

    -- only what looks like an address is looked up among those that were delivered
    suspects as (
        select
            column_name,
            value,
            {{ each_match(lower_case('value'), '[^ ,;:<>()"]+@[^ ,;:<>()"]*[^ ,;:<>()".!?]') }} as address
        from shared
        where value like '%@%'
        union all
        select
            column_name,
            value,
            {{ lower_case('value') }} as address
        from shared
        where value like '%@%'
        union all
        select
            column_name,
            value,
            {{ normal_phone('value') }} as address
        from shared
        where length({{ normal_phone('value') }}) between 7 and 15
    ),

    addresses as (
        select distinct
            suspects.column_name,
            suspects.value
        from suspects
        inner join {{ ref('delivered_addresses') }} as delivered
            on suspects.address = delivered.address
    )

    select
        shared.column_name,
        shared.value
    from shared
    left join addresses
        on
            shared.column_name = addresses.column_name
            and shared.value = addresses.value
    where addresses.value is null
)
{%- endmacro %}
