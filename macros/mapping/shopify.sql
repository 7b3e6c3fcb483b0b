{#- What the mappings of all Shopify systems share. -#}

{#- The status of an order: one of gift cards alone is no sale, as they are sales when they are spent. -#}
{% macro shopify_status(financial_status, cancelled_at, goods_lines, gift_card_lines) -%}
    case
        when {{ cancelled_at }} is not null then 'cancelled'
        when lower({{ financial_status }}) = 'voided' then 'void'
        when {{ gift_card_lines }} > 0 and coalesce({{ goods_lines }}, 0) = 0 then 'gift_card'
        else lower({{ financial_status }})
    end
{%- endmacro %}

{#- The channel of an order; another app's is its number, or its name. -#}
{% macro shopify_channel(source) -%}
    case
        when lower({{ source }}) = 'shopify_draft_order' then 'draft'
        when lower({{ source }}) in ('iphone', 'android') then 'app'
        else {{ source }}
    end
{%- endmacro %}

{#- Order lines, of a relation of all lines by raw texts: order_id, line_id, product_id, quantity, price, list_amount (of the whole
    line, where there is no price), discount, tax, tax_rate (a number), taxes_included, gift_card. A gift card is no goods. -#}
{% macro shopify_order_lines(lines) -%}
    {%- set list_amount = 'coalesce(coalesce(' ~ money('quantity') ~ ', 1) * ' ~ money('price') ~ ', ' ~ money('list_amount') ~ ')' -%}
    {%- set discount = 'coalesce(' ~ money('discount') ~ ', 0)' -%}
    select
        order_id,
        line_id,
        product_id,
        quantity,
        {{ computed_money(
            discount ~ ' / case when ' ~ is_true('taxes_included') ~ ' then 1 + cast(coalesce(tax_rate, 0) as double) else 1 end',
            ['discount']
        ) }} as discount_amount,
        {{ computed_money(
            list_amount ~ ' - ' ~ discount ~ ' - case when ' ~ is_true('taxes_included') ~ ' then coalesce(' ~ money('tax')
            ~ ', 0) else 0 end', ['quantity', 'price', 'list_amount', 'discount', 'tax']
        ) }} as amount
    from {{ lines }}
    where not {{ is_true('gift_card') }}
{%- endmacro %}

{#- Refunds, of two relations by raw texts. `lines` are what came back: refund_id, line_refund_id, order_id, refunded_at, product_id,
    quantity, subtotal, total_tax, taxes_included, gift_card. `adjustments` are what money differs from it: refund_id, order_id,
    refunded_at, kind, amount; that of shipping is no refund of goods. What a shop kept comes off the refund's lines in
    proportion; what it gave beyond them is a refund of its own. -#}
{% macro shopify_refunds(lines, adjustments) -%}
    {%- set value = money('subtotal') ~ ' - case when ' ~ is_true('taxes_included') ~ ' then coalesce(' ~ money('total_tax')
        ~ ', 0) else 0 end' -%}
    with discrepancies as (
        select
            refund_id,
            max(order_id) as order_id,
            max(refunded_at) as refunded_at,
            {{ summed_money('amount') }} as amount
        from {{ adjustments }}
        where coalesce(lower(replace(kind, ' ', '_')), '') <> 'shipping_refund'
        group by refund_id
    ),

    goods as (
        select
            *,
            {{ value }} as value
        from {{ lines }}
        where not {{ is_true('gift_card') }}
    ),

    refund_sums as (
        select
            refund_id,
            cast(sum(value) as double) as value
        from goods
        group by refund_id
    )

    select
        goods.line_refund_id as refund_id,
        goods.refunded_at,
        {{ computed_money(
            'goods.value * case when sums.value > 0 then 1 - least(greatest(coalesce(cast(' ~ money('discrepancies.amount')
            ~ ' as double), 0) / sums.value, 0), 1) else 1 end',
            ['goods.subtotal', 'goods.total_tax', 'discrepancies.amount']
        ) }} as amount,
        goods.order_id,
        goods.product_id,
        goods.quantity
    from goods
    inner join refund_sums as sums on goods.refund_id is not distinct from sums.refund_id
    left join discrepancies on goods.refund_id = discrepancies.refund_id
    union all
    select
        refund_id || '-adjustment' as refund_id,
        refunded_at,
        {{ computed_money('-' ~ money('amount'), ['amount']) }} as amount,
        order_id,
        null as product_id,
        null as quantity
    from discrepancies
    where
        amount is not null
        and coalesce({{ money('amount') }} < 0, true)
{%- endmacro %}

{#- Consents, of a relation of customers by raw texts: channel, customer_id, email, phone, state, stated_at, opt_in_level. Only the
    last state is known; whoever was never asked, and what has no day, is none. -#}
{% macro shopify_consents(states) -%}
    select
        channel,
        'marketing' as purpose,
        case when lower(state) = 'subscribed' then 'granted' else 'withdrawn' end as status,
        stated_at,
        customer_id,
        email,
        phone,
        lower(opt_in_level) as method
    from {{ states }}
    where
        lower(state) in ('subscribed', 'unsubscribed')
        and stated_at is not null
{%- endmacro %}
