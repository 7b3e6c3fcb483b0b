-- of each item the few that go best with it, and, of what leads to one, its place by how surely it does
with rules as (
    select
        pairs.item_a,
        pairs.item_b,
        {{ shrunk_confidence('pairs') }} as shrunk_confidence
    from {{ ref('int_order_pairs') }} as pairs
    inner join {{ ref('int_offerable_products') }} as offers
        on pairs.item_b = offers.product_number
    where
        pairs.item_level = 'product'
        and pairs.baskets_ab * pairs.baskets > pairs.baskets_a * pairs.baskets_b
    qualify row_number() over (
        partition by pairs.item_a
        order by round({{ shrunk_confidence('pairs') }} * ln({{ lift('pairs') }}), 9) desc, pairs.item_b asc
    ) <= {{ number_var('offer_rules', 1) }}
),

placed_rules as (
    select
        item_a,
        item_b,
        ln(1 - shrunk_confidence) as log_miss,
        row_number() over (
            partition by item_b
            order by round(shrunk_confidence, 9) desc, item_a asc
        ) as place
    from rules
),

ordered_items as (
    select
        products.customer_number,
        products.product_number,
        max(products.order_date) as latest_date
    from {{ ref('int_ordered_products') }} as products
    inner join {{ ref('as_of') }} as dates
        on
            products.order_date
            > {{ add_to_date('day', -number_var('offer_customer_days', 1), 'dates.as_of') }}
    where
        products.is_goods
        and products.customer_number is not null
    group by
        products.customer_number,
        products.product_number
),

latest_items as (
    select
        customer_number,
        product_number
    from ordered_items
    qualify row_number() over (
        partition by customer_number
        order by latest_date desc, product_number asc
    ) <= {{ number_var('offer_items', 1) }}
),

-- one minus the chance that none of what the customer ordered leads to it
scored as (
    select
        items.customer_number,
        rules.item_b as product_number,
        min(rules.place) as place,
        round(1 - exp({{ stable_sum('rules.log_miss', digits=15) }}), 9) as score
    from latest_items as items
    inner join placed_rules as rules
        on items.product_number = rules.item_a
    left join {{ ref('int_held_products') }} as held
        on
            items.customer_number = held.customer_number
            and rules.item_b = held.product_number
    where held.customer_number is null
    group by
        items.customer_number,
        rules.item_b
),

-- the others would not be shown
shown as (
    select *
    from scored
    qualify row_number() over (
        partition by customer_number
        order by score desc, product_number asc
    ) <= {{ number_var('offers', 1) }}
),

int_cross_sells as (
    select
        shown.customer_number,
        shown.product_number,
        rules.item_a as because_product_number,
        shown.score
    from shown
    inner join placed_rules as rules
        on
            shown.product_number = rules.item_b
            and shown.place = rules.place
)

select * from int_cross_sells
