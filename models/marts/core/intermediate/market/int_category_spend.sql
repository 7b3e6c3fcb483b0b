{%- set columns = ['customer_id', 'email', 'total_amount', 'currency', 'own_rank', 'brands'] -%}
-- Of a person's several rows the one stands that would have superseded the others of one key.
with int_category_spend as (
    select
        people.customer_number,
        staged.category,
        cast(staged.year as bigint) as year,
        {{ convert_amount('staged.total_amount', 'staged.rate') }} as total_amount,
        staged.own_rank,
        staged.brands
    from {{ ref('stg_category_spend') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on cast(staged.year as bigint) <= year(dates.as_of)
    inner join {{ named_customers(ref('stg_category_spend'), ['customer_id', 'email']) }} as owners
        on staged.row_id = owners.row_id
    inner join {{ ref('customers') }} as people
        on owners.customer_key = people.customer_key
    where not people.is_staff
    qualify row_number() over (
        partition by people.customer_number, staged.category, staged.year
        order by
            staged._loaded_at desc nulls last,
            {%- for column in columns %}
            staged.{{ column }} desc nulls last,
            {%- endfor %}
            staged.source asc
    ) = 1
)

select * from int_category_spend
