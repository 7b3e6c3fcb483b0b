{%- call(shop) source_rows('shopify_csv', 'refunds') -%}
    with {{ shopify_csv_orders(shop) }},

    transactions as (
        select
            {{ without_apostrophe(quoted('order')) }} as told_order,
            name,
            created_at,
            amount
        from {{ newest_files(shop, 'transactions_export', quoted('order'), ['created_at']) }} as newest
        where
            lower(kind) = 'refund'
            and lower(status) = 'success'
    ),

    -- the transactions tell an order by its id, or by its name where only one order has it
    names as (
        select
            name,
            max(order_id) as order_id
        from export_orders
        group by name
        having count(*) = 1
    ),

    known_transactions as (
        select
            coalesce(orders.order_id, names.order_id, transactions.told_order) as order_id,
            transactions.created_at,
            transactions.amount
        from transactions
        left join export_orders as orders on transactions.told_order = orders.order_id
        left join names on coalesce(transactions.name, transactions.told_order) = names.name
    ),

    refunds as (
        select
            order_id,
            row_number() over (partition by order_id order by created_at, amount) as number,
            created_at,
            amount,
            {{ money('amount') }} as value
        from known_transactions
    ),

    transactions_of_orders as (
        select
            order_id,
            sum(value) as value
        from refunds
        group by order_id
    ),

    -- what no transaction tells of was given back on an unknown day: it counts on the order's
    all_refunds as (
        select
            order_id,
            number,
            created_at,
            amount,
            value
        from refunds
        union all
        select
            orders.order_id,
            null as number,
            orders.created_at,
            orders.refunded_amount as amount,
            {{ money('orders.refunded_amount') }} - coalesce(known.value, 0) as value
        from export_orders as orders
        left join transactions_of_orders as known on orders.order_id = known.order_id
        where
            orders.refunded_amount is not null
            and coalesce({{ money('orders.refunded_amount') }} - coalesce(known.value, 0) > 0, true)
    ),

    -- goods come first: what exceeds them was paid for shipping and tips
    shares as (
        select
            refunds.order_id,
            refunds.number,
            refunds.created_at,
            refunds.amount,
            coalesce(refunds.value, 0) as value,
            sum(coalesce(refunds.value, 0))
                over (partition by refunds.order_id order by refunds.number nulls last) as value_so_far,
            orders.goods_kept * (1 - orders.discount_share) as goods,
            case when orders.has_taxes_inside
                then orders.goods_amount * (1 - orders.discount_share)
                else orders.goods_kept * (1 - orders.discount_share) + orders.tax
            end as goods_with_tax
        from all_refunds as refunds
        left join export_orders as orders on refunds.order_id = orders.order_id
    )

    select
        order_id || '-' || coalesce(cast(number as {{ dbt.type_string() }}), 'rest') as refund_id,
        created_at as refunded_at,
        {{ computed_money(
            'case
            when goods_with_tax is null then value
            when goods_with_tax <= 0 then 0
            else least(value_so_far * goods / goods_with_tax, goods)
                - least((value_so_far - value) * goods / goods_with_tax, goods)
        end', ['amount']
        ) }} as amount,
        order_id
    from shares
{%- endcall -%}
