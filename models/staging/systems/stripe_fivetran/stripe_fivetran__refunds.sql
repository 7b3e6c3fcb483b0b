{%- call(shop) source_rows('stripe_fivetran', 'refunds') -%}
    -- of what is given back as much is goods as of the charge, at the charge's rate
    with charges as (
        select * from {{ stripe_charges(shop) }} as all_charges
    ),

    refunds as (
        select * from {{ stripe_rows(shop, 'refund') }} as newest_refunds
    ),

    given_back as (
        select
            id,
            charge_id,
            created,
            amount,
            reason
        from refunds
        where coalesce(lower(status), 'succeeded') = 'succeeded'
        union all
        -- a lost dispute; one in another currency than the charge is about all of it
        select
            disputes.id,
            disputes.charge_id,
            disputes.created,
            case
                when lower(disputes.currency) <> lower(charges.currency) then charges.amount
                else disputes.amount
            end as amount,
            'dispute' as reason
        from {{ stripe_rows(shop, 'dispute') }} as disputes
        left join charges
            on disputes.charge_id = charges.id
        where lower(disputes.status) = 'lost'
        union all
        -- of a refund that only the charge tells the day is not known
        select
            charges.id || '-refunded' as id,
            charges.id as charge_id,
            charges.created,
            charges.amount_refunded as amount,
            null as reason
        from charges
        left join refunds
            on charges.id = refunds.charge_id
        where
            refunds.id is null
            and charges.order_status = 'paid'
            and {{ money('charges.amount_refunded') }} > 0
    )

    select
        given_back.id as refund_id,
        {{ in_utc('given_back.created') }} as refunded_at,
        {{ computed_money(
            money('given_back.amount') ~ ' * ' ~ money('charges.goods') ~ ' / nullif(' ~ money('charges.amount') ~ ', 0)',
            ['given_back.amount', 'charges.goods', 'charges.amount']
        ) }} as amount,
        given_back.charge_id as order_id,
        given_back.reason
    from given_back
    left join charges
        on given_back.charge_id = charges.id
    where coalesce(charges.order_status, 'paid') = 'paid'
{%- endcall -%}
