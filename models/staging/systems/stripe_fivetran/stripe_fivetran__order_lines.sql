{%- call(shop) source_rows('stripe_fivetran', 'order_lines') -%}
    -- what an invoice gives back for the old price is netted, and what was paid is shared out over what it
    -- bills then: so the lines make up the charge to the last digit
    with prices as (
        select
            invoice_id,
            coalesce(price_id, plan_id, description) as price_id,
            sum({{ money('amount') }}) as billed,
            sum({{ money('quantity') }}) filter (where {{ money('amount') }} > 0) as quantity,
            max(case when {{ money('amount') }} is null then amount end) as no_number
        from {{ stripe_rows(shop, 'invoice_line_item', ['invoice_id', 'id']) }} as lines
        group by
            invoice_id,
            coalesce(price_id, plan_id, description)
    ),

    shares as (
        select
            charges.id as order_id,
            {{ money('charges.goods') }} as goods,
            prices.price_id,
            prices.quantity,
            prices.no_number,
            prices.billed,
            sum(prices.billed) over (partition by charges.id) as billed_in_all,
            sum(prices.billed) over (
                partition by charges.id
                order by prices.price_id
                rows between unbounded preceding and current row
            ) as billed_so_far
        from {{ stripe_charges(shop) }} as charges
        inner join prices
            on charges.paid_invoice_id = prices.invoice_id
        where
            charges.goods is not null
            and (prices.billed > 0 or prices.no_number is not null)
    )

    select
        order_id,
        price_id as line_id,
        price_id as product_id,
        quantity,
        {{ computed_money(
            'cast(goods * billed_so_far / nullif(billed_in_all, 0) as decimal(18, 4))'
            ~ ' - cast(goods * (billed_so_far - billed) / nullif(billed_in_all, 0) as decimal(18, 4))',
            ['no_number']
        ) }} as amount
    from shares
{%- endcall -%}
