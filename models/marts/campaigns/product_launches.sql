with launches as (
    select
        product_key,
        source,
        product_id,
        released_on
    from {{ ref('products') }}
    where released_on is not null
),

-- sales of more than a year before say that the date is wrong
sales as (
    select
        launches.product_key,
        orders.order_date < launches.released_on as is_preorder,
        orders.customer_number,
        orders.order_class,
        products.units,
        products.amount
    from launches
    inner join {{ ref('int_order_products') }} as products
        on launches.product_id = products.product_id
    inner join {{ ref('orders') }} as orders
        on
            products.order_row_id = orders.order_number
            and launches.source = orders.source
            and orders.order_date >= {{ add_to_date('day', -365, 'launches.released_on') }}
            and orders.order_date < {{ add_to_date('day', 30, 'launches.released_on') }}
    where orders.is_valid
),

sold as (
    select
        product_key,
        sum(units) filter (where is_preorder) as preorder_units,
        sum(units) filter (where not is_preorder) as first_30d_units,
        sum(amount) filter (where is_preorder) as preorder_amount,
        sum(amount) filter (where not is_preorder) as first_30d_amount,
        count(distinct customer_number) filter (where units > 0) as buyers,
        count(distinct customer_number) filter (where units > 0 and order_class = 'new') as new_buyers
    from sales
    group by product_key
),

addressed as (
    select
        launches.product_key,
        count(distinct sends.person_number) as recipients
    from launches
    inner join {{ ref('int_campaigns_keyed') }} as campaigns
        on launches.product_key = campaigns.product_key
    inner join {{ ref('int_campaign_events') }} as sends
        on
            campaigns.campaign_number = sends.campaign_number
            and sends.event_date >= {{ add_to_date('day', -90, 'launches.released_on') }}
            and sends.event_date < {{ add_to_date('day', 30, 'launches.released_on') }}
    where sends.campaign_step = 'send'
    group by launches.product_key
),

reviewed as (
    select
        launches.product_key,
        count(*) as reviews,
        count(*) filter (where reviews.is_incentivised) as incentivised_reviews,
        {{ share_of('sum(reviews.rating)', 'count(reviews.rating)') }} as mean_rating
    from launches
    inner join {{ ref('int_product_reviews') }} as reviews
        on
            launches.product_key = reviews.product_key
            and launches.released_on <= reviews.event_date
            and reviews.event_date < {{ add_to_date('day', 30, 'launches.released_on') }}
    group by launches.product_key
),

product_launches as (
    select
        launches.product_key,
        launches.product_id,
        launches.released_on,
        {%- for measure in ['preorder_units', 'first_30d_units', 'preorder_amount', 'first_30d_amount'] %}
        cast(coalesce(sold.{{ measure }}, 0) as decimal(18, 4)) as {{ measure }},
        {%- endfor %}
        {{ share_of(
            'coalesce(sold.preorder_units, 0)', '(coalesce(sold.preorder_units, 0) + coalesce(sold.first_30d_units, 0))'
        ) }} as preorder_share,
        coalesce(sold.buyers, 0) as buyers,
        coalesce(sold.new_buyers, 0) as new_buyers,
        coalesce(addressed.recipients, 0) as campaign_recipients,
        coalesce(reviewed.reviews, 0) as early_reviews,
        coalesce(reviewed.incentivised_reviews, 0) as incentivised_early_reviews,
        reviewed.mean_rating,
        {{ add_to_date('day', 29, 'launches.released_on') }} <= dates.as_of as is_mature
    from launches
    cross join {{ ref('as_of') }} as dates
    left join sold
        on launches.product_key = sold.product_key
    left join addressed
        on launches.product_key = addressed.product_key
    left join reviewed
        on launches.product_key = reviewed.product_key
)

select * from product_launches
