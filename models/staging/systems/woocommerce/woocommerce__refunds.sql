{%- call(shop) source_rows('woocommerce', 'refunds') -%}
    with lines as (
        select
            *,
            -{{ money('product_net_revenue') }} as goods
        from {{ woocommerce_lines(shop) }} as all_lines
        where type = 'shop_order_refund'
    ),

    sums as (
        select
            order_id,
            coalesce(sum(goods) filter (where not is_gift_card), 0) as goods,
            coalesce(sum(goods) filter (where is_gift_card), 0) as gift_cards
        from lines
        group by order_id
    ),

    refunds as (
        select
            posts.id as refund_id,
            coalesce({{ given('posts.parent_order_id') }}, '0') as order_id,
            coalesce(
                {{ in_utc(given('posts.date_created_gmt')) }},
                {{ in_utc(given('stats.date_created_gmt')) }},
                {{ in_shop_time(given('stats.date_created'), shop) }}
            ) as refunded_at,
            coalesce({{ given('stats.net_total') }}, {{ computed_money(
                money('posts.total_amount') ~ ' - coalesce(' ~ money('posts.tax_amount') ~ ', 0)',
                ['posts.total_amount', 'posts.tax_amount']
            ) }}) as raw_money,
            sums.goods as goods_of_lines,
            coalesce(sums.gift_cards, 0) as gift_cards
        from {{ woocommerce_posts(shop) }} as posts
        left join {{ woocommerce_stats(shop) }} as stats
            on posts.id = stats.order_id
        left join sums
            on posts.id = sums.order_id
        where posts.type = 'shop_order_refund'
    ),

    given_back as (
        select
            *,
            -{{ money('raw_money') }} - gift_cards as money
        from refunds
    ),

    -- the products that came back, at no more than was paid for them in all, and the money beyond them
    parts as (
        select
            given_back.*,
            lines.order_item_id,
            lines.product_id,
            lines.product_net_revenue,
            {{ computed_money('-' ~ money('lines.product_qty'), ['lines.product_qty']) }} as quantity,
            cast(case
                when given_back.money < given_back.goods_of_lines
                    then lines.goods * given_back.money / nullif(given_back.goods_of_lines, 0)
                else lines.goods
            end as decimal(18, 4)) as part
        from given_back
        inner join lines
            on given_back.refund_id = lines.order_id and not lines.is_gift_card
        union all
        select
            given_back.*,
            null as order_item_id,
            null as product_id,
            null as product_net_revenue,
            null as quantity,
            cast(given_back.money - coalesce(given_back.goods_of_lines, 0) as decimal(18, 4)) as part
        from given_back
        where
            given_back.goods_of_lines is null
            or given_back.money is null
            or given_back.money > given_back.goods_of_lines
    ),

    running as (
        select
            *,
            sum(part) over (
                partition by order_id
                order by refunded_at, {{ id_order('refund_id') }}, order_item_id nulls last
                rows between unbounded preceding and current row
            ) as given_back_so_far
        from parts
    )

    -- a refund by status holds tax and shipping, and one in full repeats what was given back before: goods come back once
    select
        running.refund_id || coalesce('-' || running.order_item_id, '') as refund_id,
        running.refunded_at,
        {{ computed_money(
            'least(running.given_back_so_far, coalesce(' ~ money('goods.goods') ~ ', running.given_back_so_far))'
            ~ ' - least(running.given_back_so_far - running.part, coalesce(' ~ money('goods.goods')
            ~ ', running.given_back_so_far - running.part))',
            ['running.raw_money', 'running.product_net_revenue']
        ) }} as amount,
        running.order_id,
        running.product_id,
        running.quantity
    from running
    left join {{ woocommerce_goods(shop) }} as goods
        on running.order_id = goods.order_id
{%- endcall -%}
