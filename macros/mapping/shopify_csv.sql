{#- The CTEs export_lines and export_orders of a shop's orders_export: what each line is, and of each order one row, of the newest
    file that holds it. Both have file_rank, name and created_at, which every line of an order has (two orders may have one name).

    An order's own columns stand on one of its lines. Beside them are, before it is known how much of them is tax: discount_share,
    what the order's own discounts take off its goods; keep, what is left of a taxed amount without its tax; goods_amount,
    taxable_amount, both after the lines' discounts, and these discounts; and goods_kept, line_discounts_kept without tax. -#}
{% macro shopify_csv_orders(shop) %}
{%- set has_several_files = has_files(shop, 'orders_export', 2) -%}
{%- set goods = "kind = 'goods'" -%}
    raw_lines as (
        select * from {{ raw_table(shop, 'orders_export') }} as raw_rows
    ),

    {%- if has_several_files %}

    raw_line_files as (
        {{ file_ranks('raw_lines', ['created_at', 'paid_at', 'fulfilled_at', 'cancelled_at']) }}
    ),
    {%- endif %}

    gift_cards as (
        {{ shopify_csv_gift_cards(shop) }}
    ),

    export_lines as (
        select
            raw_lines.*,
            {{ 'raw_line_files.file_rank' if has_several_files else '1' }} as file_rank,
            case
                when raw_lines.lineitem_sku is null and lower(raw_lines.lineitem_name) = 'tip' then 'tip'
                when
                    coalesce(
                        gift_cards.is_gift_card,
                        lower(raw_lines.lineitem_name) like '%gift card%'
                        and not {{ is_true('raw_lines.lineitem_requires_shipping') }}
                        and not {{ is_true('raw_lines.lineitem_taxable') }}
                    )
                    then 'gift_card'
                else 'goods'
            end as kind,
            coalesce(lower(raw_lines.lineitem_taxable) <> 'false', true) as is_taxable,
            coalesce({{ money('raw_lines.lineitem_quantity') }}, 1) * {{ money('raw_lines.lineitem_price') }} as list_amount,
            coalesce({{ money('raw_lines.lineitem_discount') }}, 0) as line_discount
        from raw_lines
        {%- if has_several_files %}
        inner join raw_line_files on raw_lines.raw_file = raw_line_files.raw_file
        {%- endif %}
        left join gift_cards on {{ without_apostrophe('raw_lines.lineitem_sku') }} = gift_cards.sku
    ),

    summed_orders as (
        select
            file_rank,
            name,
            created_at,
            {%- for column in [
                'email', 'phone', 'financial_status', 'cancelled_at', 'currency', 'subtotal', 'shipping', 'taxes', 'total', 'source',
                'shipping_country', 'billing_country', 'discount_code', 'payment_method', 'refunded_amount'
            ] %}
            max({{ column }}) as {{ column }},
            {%- endfor %}
            max(id) as order_id,
            count(case when {{ goods }} then 1 end) as goods_lines,
            count(case when kind = 'gift_card' then 1 end) as gift_card_lines,
            coalesce(sum(case when kind <> 'tip' then list_amount - line_discount end), 0) as charged,
            coalesce(sum(case when kind = 'tip' then list_amount - line_discount end), 0) as tips,
            cast(coalesce(sum(case when {{ goods }} then list_amount - line_discount end), 0) as double) as goods_amount,
            cast(coalesce(sum(case when {{ goods }} and is_taxable then list_amount - line_discount end), 0) as double)
                as taxable_amount,
            cast(coalesce(sum(case when {{ goods }} then line_discount end), 0) as double) as line_discounts,
            cast(coalesce(sum(case when {{ goods }} and is_taxable then line_discount end), 0) as double) as taxable_discounts
        from export_lines
        group by file_rank, name, created_at
    ),

    {#- taxes are inside where the parts make the total without them, which one shop may do for some countries only -#}
    order_discounts as (
        select
            *,
            coalesce({{ money('shipping') }}, 0) as shipping_charge,
            coalesce({{ money('taxes') }}, 0) as tax,
            coalesce({{ money('taxes') }} > 0 and abs(
                {{ money('subtotal') }} + coalesce({{ money('shipping') }}, 0) + tips - {{ money('total') }}
            ) < 0.02, false) as has_taxes_inside,
            case
                when goods_amount > 0
                    then coalesce(
                        least(greatest(cast(charged - {{ money('subtotal') }} as double) / goods_amount, 0), 1), 0
                    )
                else 0
            end as discount_share
        from summed_orders
        {%- if has_several_files %}
        qualify file_rank = max(file_rank) over (partition by order_id)
        {%- endif %}
    ),

    order_taxes as (
        select
            *,
            case
                when has_taxes_inside and taxable_amount * (1 - discount_share) + shipping_charge > 0
                    then greatest(1 - tax / (taxable_amount * (1 - discount_share) + shipping_charge), 0)
                else 1
            end as keep
        from order_discounts
    ),

    export_orders as (
        select
            *,
            goods_amount - taxable_amount * (1 - keep) as goods_kept,
            line_discounts - taxable_discounts * (1 - keep) as line_discounts_kept
        from order_taxes
    )
{%- endmacro %}

{#- The raw amounts that an order's figures are computed from. -#}
{% macro shopify_csv_amounts(prefix='') %}
    {{ return([prefix ~ 'subtotal', prefix ~ 'shipping', prefix ~ 'taxes', prefix ~ 'total']) }}
{% endmacro %}

{#- The rows of the newest products_export that holds a product: its variants and pictures, with its handle. -#}
{% macro shopify_csv_products(shop) -%}
    (
        select
            *,
            coalesce(handle, url_handle) as product_handle,
            {{ without_apostrophe('coalesce(variant_sku, sku)') }} as product_sku
        from {{ newest_files(shop, 'products_export', 'coalesce(handle, url_handle)', []) }} as newest
    )
{%- endmacro %}

{#- Whether the shop's products are gift cards, by their sku; a product says so on its first row. -#}
{% macro shopify_csv_gift_cards(shop) -%}
    select
        variants.product_sku as sku,
        max(handles.gift_card) = 'true' as is_gift_card
    from {{ shopify_csv_products(shop) }} as variants
    inner join (
        select
            product_handle,
            max(lower(gift_card)) as gift_card
        from {{ shopify_csv_products(shop) }} as product_rows
        group by product_handle
        having max(lower(gift_card)) is not null
    ) as handles on variants.product_handle = handles.product_handle
    where variants.product_sku is not null
    group by variants.product_sku
{%- endmacro %}

{#- The id of a customer; an old file has none: then their address stands for it. -#}
{% macro shopify_csv_customer_id() -%}
    coalesce({{ without_apostrophe('customer_id') }}, md5(lower(coalesce(email, phone))))
{%- endmacro %}
