{%- call(shop) source_rows('zendesk', 'service_tickets') -%}
    select
        ticket_id,
        opened_at,
        customer_id,
        email,
        phone,
        channel,
        topic,
        first_response_at,
        resolved_at,
        is_proactive,
        is_complaint,
        satisfaction,
        _loaded_at
    from {{ zendesk_tickets(shop) }} as tickets
{%- endcall -%}
