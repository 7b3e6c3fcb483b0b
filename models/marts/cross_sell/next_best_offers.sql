with offers as (
    select
        1 as place,
        'upsell' as kind,
        customer_number,
        product_number,
        because_product_number,
        score
    from {{ ref('int_upsells') }}
    union all
    select
        2 as place,
        'cross_sell' as kind,
        customer_number,
        product_number,
        because_product_number,
        score
    from {{ ref('int_cross_sells') }}
    union all
    select
        3 as place,
        'best_seller' as kind,
        customer_number,
        product_number,
        cast(null as bigint) as because_product_number,
        score
    from {{ ref('int_best_sellers') }}
),

withdrawn as (
    select distinct customer_number
    from {{ ref('int_consent_spells') }}
    where
        purpose = 'personalisation'
        and status = 'withdrawn'
        and ended_at is null
),

-- a product once, in the first kind that has it; who wants nothing personal is shown what everybody is
allowed as (
    select offers.*
    from offers
    left join withdrawn
        on offers.customer_number = withdrawn.customer_number
    where
        withdrawn.customer_number is null
        or offers.kind = 'best_seller'
    qualify row_number() over (
        partition by offers.customer_number, offers.product_number
        order by offers.place
    ) = 1
),

ranked as (
    select
        *,
        cast(row_number() over (
            partition by customer_number
            order by place asc, score desc, product_number asc
        ) as bigint) as offer_rank
    from allowed
),

next_best_offers as (
    select
        people.customer_key,
        people.customer_number,
        ranked.offer_rank,
        products.product_key,
        products.product_id,
        ranked.kind,
        reasons.product_key as because_product_key,
        ranked.score,
        offerable.mean_unit_amount
    from ranked
    inner join {{ ref('customers') }} as people
        on ranked.customer_number = people.customer_number
    inner join {{ ref('int_products_keyed') }} as products
        on ranked.product_number = products.product_number
    inner join {{ ref('int_offerable_products') }} as offerable
        on ranked.product_number = offerable.product_number
    left join {{ ref('int_products_keyed') }} as reasons
        on ranked.because_product_number = reasons.product_number
    where ranked.offer_rank <= {{ number_var('offers', 1) }}
)

select * from next_best_offers
