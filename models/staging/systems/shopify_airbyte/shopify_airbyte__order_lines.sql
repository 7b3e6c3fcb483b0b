{%- call(shop) source_rows('shopify_airbyte', 'order_lines') -%}
    with orders as (
        select
            id,
            taxes_included,
            line_items
        from {{ airbyte_rows(shop, 'orders') }} as newest
        where deleted_at is null
    ),

    items as (
        select
            id as order_id,
            taxes_included,
            {{ json_value('item', ['id']) }} as line_id,
            item as line
        from {{ each_json_item('orders', 'line_items') }} as each_line
    ),

    discounts as (
        select
            line_id,
            {{ summed_money(json_value('item', ['amount'])) }} as amount
        from {{ each_json_item('items', 'line', ['discount_allocations']) }} as each_discount
        group by line_id
    ),

    taxes as (
        select
            line_id,
            {{ summed_money(json_value('item', ['price'])) }} as amount,
            sum({{ parse_decimal(json_value('item', ['rate']), 'VARCHAR', 20, 10) }}) as rate
        from {{ each_json_item('items', 'line', ['tax_lines']) }} as each_tax
        group by line_id
    ),

    -- the shares of a line in all discounts say more than its own total, which stands in where they were not loaded
    lines as (
        select
            items.order_id,
            items.line_id,
            coalesce(
                {{ json_value('items.line', ['product_id']) }}, {{ json_value('items.line', ['sku']) }},
                {{ json_value('items.line', ['name']) }}
            ) as product_id,
            {{ json_value('items.line', ['quantity']) }} as quantity,
            {{ json_value('items.line', ['price']) }} as price,
            cast(null as {{ dbt.type_string() }}) as list_amount,
            case
                when {{ json_value('items.line', ['discount_allocations']) }} is null
                    then {{ json_value('items.line', ['total_discount']) }}
                else discounts.amount
            end as discount,
            taxes.amount as tax,
            taxes.rate as tax_rate,
            items.taxes_included,
            {{ json_value('items.line', ['gift_card']) }} as gift_card
        from items
        left join discounts on items.line_id = discounts.line_id
        left join taxes on items.line_id = taxes.line_id
    )

    {{ shopify_order_lines('lines') }}
{%- endcall -%}
