{#- The cells of the life-cycle grid as a relation to select from: recency_band × frequency_band with their bounds, by the seed. -#}
{% macro grid_cells() -%}
(
    with bands as (
        select
            dimension,
            band,
            min_value,
            coalesce(lead(min_value) over (partition by dimension order by min_value), 1000000000) as next_value
        from {{ ref('lifecycle_bands') }}
    )

    select
        recency.band as recency_band,
        recency.min_value as min_recency_days,
        recency.next_value as next_recency_days,
        frequency.band as frequency_band,
        frequency.min_value as min_order_days,
        frequency.next_value as next_order_days
    from bands as recency
    inner join bands as frequency
        on
            recency.dimension = 'recency'
            and frequency.dimension = 'frequency'
)
{%- endmacro %}

{#- Whether somebody stands in a cell of grid_cells: by columns recency_days and order_days. -#}
{% macro is_in_cell(people, cells) -%}
    {{ cells }}.min_recency_days <= {{ people }}.recency_days
            and {{ cells }}.next_recency_days > {{ people }}.recency_days
            and {{ cells }}.min_order_days <= {{ people }}.order_days
            and {{ cells }}.next_order_days > {{ people }}.order_days
{%- endmacro %}
