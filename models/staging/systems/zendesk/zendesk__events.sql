{%- call(shop) source_rows('zendesk', 'events') -%}
    select
        'ticket-' || ticket_id as event_id,
        opened_at as occurred_at,
        'support_contacted' as event_type,
        requester_id as anonymous_id,
        customer_id,
        email,
        channel,
        _loaded_at
    from {{ zendesk_tickets(shop) }} as tickets
    where not coalesce(is_proactive, false)
{%- endcall -%}
