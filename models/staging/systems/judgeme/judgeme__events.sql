{%- call(shop) source_rows('judgeme', 'events') -%}
    -- a review has no id: it is known by who wrote it, of what and when, so that an edited one stays one;
    -- those without an address (imported, often with a date alone) by their words and stars, too. Reviews
    -- from marketplaces are other shops' customers'
    with reviews as (
        select
            *,
            -- the address that hides who did not want to be named
            case when lower(reviewer_email) not like '%@judge.me' then lower(reviewer_email) end as email
        from {{ newest_files(
            shop, 'reviews', ['reviewer_email', 'reviewer_name', 'product_handle', 'review_date'], ['review_date']
        ) }} as newest_reviews
    )

    select
        'review-' || md5(
            coalesce(email, concat_ws('|', reviewer_name, rating, title, body)) || '|'
            || coalesce(product_handle, product_id, '') || '|' || coalesce(review_date, '')
        ) as event_id,
        {{ in_utc('review_date') }} as occurred_at,
        'product_reviewed' as event_type,
        email,
        product_id,
        rating,
        concat_ws(': ', title, body) as text,
        case when lower(source) = 'email' then true end as is_verified
    from reviews
    where
        coalesce(lower(curated), 'ok') <> 'spam'
        and coalesce(lower(source), '') not in (
            'aliexpress', 'alibaba', 'amazon', 'dhgate', 'ebay', 'etsy', 'shein', 'shopee', 'temu', 'wish'
        )
{%- endcall -%}
