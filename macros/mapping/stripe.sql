{#- What several mappings of Stripe need. -#}

{#- An amount in a currency's smallest unit in whole ones; those written with two zeros that nobody pays with (ISK, UGX …) are among the
    hundredths. -#}
{% macro stripe_money(raw, currency) -%}
    {{ money(raw) }} * case
        when upper({{ currency }}) in (
            'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
        ) then 1
        when upper({{ currency }}) in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 0.001
        else 0.01
    end
{%- endmacro %}

{#- A table of Fivetran's, each row once: the one synced last. -#}
{% macro stripe_rows(shop, table, keys=['id']) -%}
    {{ newest_rows(shop, table, keys, parse_time('fivetran_synced', 'VARCHAR')) }}
{%- endmacro %}

{#- The charges, each with its status in our words and, where it was paid, `goods`: its money without the tax of its invoice, as a text,
    in the currency that it was settled in, if its balance transaction is there. -#}
{% macro stripe_charges(shop) -%}
(
    with invoices as (
        select * from {{ stripe_rows(shop, 'invoice') }} as newest_invoices
    ),

    -- an older invoice names its charge instead
    links as (
        select
            charge_id,
            max(id) as invoice_id
        from invoices
        where charge_id is not null
        group by charge_id
    ),

    charges as (
        select
            charges.*,
            coalesce(charges.invoice_id, links.invoice_id) as paid_invoice_id,
            case
                when lower(charges.status) = 'pending' then 'unpaid'
                when lower(charges.status) <> 'succeeded' then charges.status
                when not {{ is_true("coalesce(charges.captured, 'true')") }} then 'void'
                when not {{ is_true("coalesce(charges.paid, 'true')") }} then 'unpaid'
                else 'paid'
            end as order_status
        from {{ stripe_rows(shop, 'charge') }} as charges
        left join links
            on charges.id = links.charge_id
    )

    select
        charges.*,
        invoices.billing_reason,
        upper(coalesce(settled.currency, charges.currency)) as goods_currency,
        case when charges.order_status = 'paid' then {{ computed_money(
            'case when settled.id is null then ' ~ stripe_money('charges.amount', 'charges.currency')
            ~ ' else ' ~ stripe_money('settled.amount', 'settled.currency') ~ ' end * coalesce(coalesce('
            ~ money('invoices.total_excluding_tax') ~ ', ' ~ money('invoices.total') ~ ' - ' ~ money('invoices.tax')
            ~ ') / nullif(' ~ money('invoices.total') ~ ', 0), 1)',
            ['charges.amount', 'settled.amount', 'invoices.total', 'invoices.tax', 'invoices.total_excluding_tax']
        ) }} end as goods
    from charges
    left join invoices
        on charges.paid_invoice_id = invoices.id
    left join {{ stripe_rows(shop, 'balance_transaction') }} as settled
        on charges.balance_transaction_id = settled.id
)
{%- endmacro %}

{#- The payments of the dashboard's export, each as its newest file has it: with its status in our words, whether it was paid, and at
    which rate it was settled. -#}
{% macro stripe_payments(shop) -%}
(
    select
        *,
        order_status not in ('failed', 'void', 'unpaid', 'cancelled') as is_paid,
        coalesce({{ money('converted_amount') }} / nullif({{ money('amount') }}, 0), 1) as rate
    from (
        select
            *,
            coalesce(created_date_utc, created_utc) as created_at,
            case
                when lower(status) = 'failed' or lower(status) like '%block%' then 'failed'
                when lower(status) in ('canceled', 'cancelled') then 'cancelled'
                when
                    lower(status) in ('incomplete', 'pending', 'processing')
                    or lower(status) like 'requires%' and lower(status) not like '%capture%'
                    then 'unpaid'
                when
                    lower(status) = 'uncaptured' or lower(status) like 'requires%'
                    or not {{ is_true("coalesce(captured, 'true')") }}
                    then 'void'
                when lower(status) like '%partial%' then 'partially_refunded'
                when lower(status) = 'refunded' then 'refunded'
                else 'paid'
            end as order_status
        from {{ newest_files(
            shop, 'payments', 'id', ['created_date_utc', 'created_utc', 'refunded_date_utc', 'dispute_date_utc']
        ) }} as newest_payments
    ) as judged
)
{%- endmacro %}
