{#- What several mappings of WooCommerce need. -#}

{#- The orders, refunds and subscriptions, each once. -#}
{% macro woocommerce_posts(shop) -%}
    {{ newest_rows(shop, 'wc_orders', ['id'], 'date_updated_gmt') }}
{%- endmacro %}

{#- The bookkeeping's rows of orders and refunds, each once; its days are the shop's. -#}
{% macro woocommerce_stats(shop) -%}
    {{ newest_files(shop, 'wc_order_stats', 'order_id', ['date_created']) }}
{%- endmacro %}

{#- The products of orders and refunds (there negative), with the type of what they are in; product_id is what was chosen, a
    variation where there is one. A line of a gift card is no goods. -#}
{% macro woocommerce_lines(shop) -%}
(
    select
        lines.order_id,
        lines.order_item_id,
        coalesce(nullif({{ given('lines.variation_id') }}, '0'), lines.product_id) as product_id,
        lines.product_qty,
        lines.product_net_revenue,
        lines.coupon_amount,
        posts.type,
        gift_cards.id is not null as is_gift_card
    from {{ newest_files(shop, 'wc_order_product_lookup', 'order_id', ['date_created']) }} as lines
    left join {{ woocommerce_posts(shop) }} as posts
        on lines.order_id = posts.id
    left join (
        select distinct id
        from {{ raw_table(shop, 'products') }} as products
        where lower(type) like '%gift%card%'
        {%- for id in (words_var('gift_card_products') if var('gift_card_products') else []) %}
        union
        select {{ literal(id) }} as id
        {%- endfor %}
    ) as gift_cards
        on lines.product_id = gift_cards.id
)
{%- endmacro %}

{#- Of each order: how many lines of goods and of gift cards it has, and its goods (as a text), which where the bookkeeping lags behind
    are what the order itself says: its total less tax and shipping. -#}
{% macro woocommerce_goods(shop) -%}
(
    select
        posts.id as order_id,
        coalesce(lines.goods_lines, 0) as goods_lines,
        coalesce(lines.gift_card_lines, 0) as gift_card_lines,
        case
            when lines.goods_lines > 0 then cast(lines.goods as {{ dbt.type_string() }})
            when stats.order_id is not null then '0'
            else {{ computed_money(
                money('posts.total_amount') ~ ' - coalesce(' ~ money('posts.tax_amount') ~ ', 0) - coalesce('
                ~ money('operational.shipping_total_amount') ~ ', 0)',
                ['posts.total_amount', 'posts.tax_amount', 'operational.shipping_total_amount']
            ) }}
        end as goods
    from {{ woocommerce_posts(shop) }} as posts
    left join {{ woocommerce_stats(shop) }} as stats
        on posts.id = stats.order_id
    left join {{ newest_files(shop, 'wc_order_operational_data', 'order_id', ['date_paid_gmt']) }} as operational
        on posts.id = operational.order_id
    left join (
        select
            order_id,
            count(*) filter (where not is_gift_card) as goods_lines,
            count(*) filter (where is_gift_card) as gift_card_lines,
            sum({{ money('product_net_revenue') }}) filter (where not is_gift_card) as goods
        from {{ woocommerce_lines(shop) }} as lines
        group by order_id
    ) as lines
        on posts.id = lines.order_id
    where posts.type = 'shop_order'
)
{%- endmacro %}

{#- The first of names in a list with commas between, in which a comma of a name is written \, . -#}
{% macro first_listed(names) -%}
    replace(regexp_extract({{ names }}, {{ literal('^((?:[^,\\\\]|\\\\.)*)') }}, 1), {{ literal('\\,') }}, ',')
{%- endmacro %}
