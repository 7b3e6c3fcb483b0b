with sold as (
    select
        {{ period_start('month', 'order_date') }} as month_start,
        product_number,
        sum(units) as units
    from {{ ref('int_ordered_products') }}
    group by
        {{ period_start('month', 'order_date') }},
        product_number
),

-- a product has a row in each month in which it was sold or somebody spoke of it
cells as (
    select
        sold.month_start,
        products.product_key,
        sold.units
    from sold
    inner join {{ ref('int_products_keyed') }} as products
        on sold.product_number = products.product_number
    {%- for step in ['int_product_faults', 'int_product_voices'] %}
    union all
    select
        month_start,
        product_key,
        0 as units
    from {{ ref(step) }}
    {%- endfor %}
),

months as (
    select
        month_start,
        product_key,
        cast(sum(units) as decimal(18, 4)) as units
    from cells
    group by
        month_start,
        product_key
),

product_quality as (
    select
        months.month_start,
        months.product_key,
        substr(months.product_key, instr(months.product_key, ':') + 1) as product_id,
        months.units,
        {%- for units in ['refunded_units', 'quality_refunded_units'] %}
        cast(coalesce(faults.{{ units }}, 0) as decimal(18, 4)) as {{ units }},
        {%- endfor %}
        {%- for rate, units in {
            'refund_rate': 'early_units', 'quality_refund_rate': 'early_quality_units'
        }.items() %}
        case
            when
                {{ add_to_date('month', 1, 'months.month_start') }}
                <= {{ add_to_date('day', -89, 'dates.as_of') }}
                then {{ share_of('coalesce(faults.' ~ units ~ ', 0)', 'months.units') }}
        end as {{ rate }},
        {%- endfor %}
        coalesce(voices.reviews, 0) as reviews,
        voices.mean_rating,
        coalesce(voices.tickets, 0) as tickets,
        coalesce(voices.claims, 0) as claims
    from months
    cross join {{ ref('as_of') }} as dates
    left join {{ ref('int_product_faults') }} as faults
        on
            months.month_start = faults.month_start
            and months.product_key = faults.product_key
    left join {{ ref('int_product_voices') }} as voices
        on
            months.month_start = voices.month_start
            and months.product_key = voices.product_key
)

select * from product_quality
