{#- Whose the rows of a staging model are by what each names, as a relation to select from: row_id, customer_key.

    The first of `names` (customer_id, email, phone) that a row gives names it, alone: by the account of that id, or the account or
    guest that has the address. What nobody has, and what too many share, is nobody's: then the key is null. -#}
{% macro named_customers(rows, names) -%}
(
    select
        named.row_id,
        case
            {%- for name in names %}
            when named.{{ name }} is not null then {{ name }}_owners.customer_key
            {%- endfor %}
        end as customer_key
    from {{ rows }} as named
    {%- for name in names %}
    {%- if name == 'customer_id' %}
    {#- several sources may have the ids of one of them #}
    left join (select distinct account_key, customer_key from {{ ref('int_accounts') }}) as customer_id_owners
        on {{ account_key('named.customer_id', 'named.source') }} = customer_id_owners.account_key
    {%- else %}
    left join {{ ref('int_contact_owners') }} as {{ name }}_owners
        on {{ identity_node(name, 'named') }} = {{ name }}_owners.contact_hash
    {%- endif %}
    {%- endfor %}
)
{%- endmacro %}
