-- Offers that were made 90 days ago, and what was bought since. The offers are those of a second build, with
-- PATRONAGE_AS_OF 90 days earlier, whose published file is attached as `past`: docs/cross_sell.md has the
-- commands. Beside each offer stands the best seller that the customer would have been shown in its place.
with dates as (
    select as_of as made_on
    from past.core.as_of
),

ordered as (
    select
        orders.customer_key,
        lines.product_key,
        min(orders.order_date) as held_from
    from {{ ref('order_lines') }} as lines
    inner join {{ ref('orders') }} as orders
        on lines.order_key = orders.order_key
    where
        orders.is_valid
        and orders.customer_key is not null
        and lines.product_key is not null
        and lines.quantity > 0
    group by
        orders.customer_key,
        lines.product_key
),

offered_to_all as (
    select distinct product_key
    from past.cross_sell.next_best_offers
    where kind = 'best_seller'
),

-- what was worth offering to everybody, by how many had just bought it
best_sellers as (
    select
        lines.product_key,
        count(distinct orders.customer_key) as buyers
    from past.core.order_lines as lines
    inner join past.core.orders as orders
        on lines.order_key = orders.order_key
    inner join offered_to_all
        on lines.product_key = offered_to_all.product_key
    inner join dates
        on orders.order_date > {{ add_to_date('day', -90, 'dates.made_on') }}
    where
        orders.is_valid
        and lines.quantity > 0
    group by lines.product_key
),

asked as (
    select distinct customer_key
    from past.cross_sell.next_best_offers
),

shown_instead as (
    select
        asked.customer_key,
        best_sellers.product_key,
        row_number() over (
            partition by asked.customer_key
            order by best_sellers.buyers desc, best_sellers.product_key asc
        ) as place
    from asked
    cross join best_sellers
    cross join dates
    left join ordered
        on
            asked.customer_key = ordered.customer_key
            and best_sellers.product_key = ordered.product_key
            and dates.made_on >= ordered.held_from
    where ordered.customer_key is null
)

select
    offers.kind,
    count(*) as offers,
    count(bought.customer_key) as bought,
    round(100.0 * count(bought.customer_key) / count(*), 2) as bought_percent,
    round(100.0 * count(bought_instead.customer_key) / count(*), 2) as best_seller_percent
from past.cross_sell.next_best_offers as offers
cross join dates
left join ordered as bought
    on
        offers.customer_key = bought.customer_key
        and offers.product_key = bought.product_key
        and dates.made_on < bought.held_from
        and {{ add_to_date('day', 90, 'dates.made_on') }} >= bought.held_from
left join shown_instead
    on
        offers.customer_key = shown_instead.customer_key
        and offers.offer_rank = shown_instead.place
left join ordered as bought_instead
    on
        shown_instead.customer_key = bought_instead.customer_key
        and shown_instead.product_key = bought_instead.product_key
        and dates.made_on < bought_instead.held_from
        and {{ add_to_date('day', 90, 'dates.made_on') }} >= bought_instead.held_from
group by offers.kind
order by bought_percent desc
