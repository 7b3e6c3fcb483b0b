{#- The events of a Klaviyo shop that are about messages, to select from: the raw columns, event_type, channel, occurred_at, and email
    and phone_number of the person. Orders and visits, which Klaviyo repeats, are the shop's own or its tracker's. -#}
{% macro klaviyo_events(shop) -%}
    {%- set types = {
        'campaign_received': ['received email', 'received sms'],
        'email_opened': ['opened email'],
        'email_clicked': ['clicked email'],
        'newsletter_subscribed': [
            'subscribed to list', 'subscribed to email marketing', 'subscribed to sms marketing', 'consented to receive sms',
        ],
        'newsletter_unsubscribed': [
            'unsubscribed', 'unsubscribed from list', 'unsubscribed from email marketing', 'marked email as spam',
            'unsubscribed from sms marketing', 'unsubscribed from sms',
        ],
    } -%}
(
    select
        events.*,
        case
        {%- for type, metrics in types.items() %}
            when events.metric in ({{ literals(metrics) }}) then {{ literal(type) }}
        {%- endfor %}
        end as event_type,
        case when events.metric like '%sms%' then 'sms' else 'email' end as channel,
        {{ in_utc('coalesce(events.datetime, events.timestamp)') }} as occurred_at,
        persons.email,
        persons.phone_number
    from (
        select
            events.*,
            lower(coalesce(metrics.name, events.type)) as metric
        from {{ raw_table(shop, 'event') }} as events
        left join {{ newest_rows(shop, 'metric', ['id'], 'updated') }} as metrics
            on events.metric_id = metrics.id
        where not {{ is_true('events.fivetran_deleted') }}
    ) as events
    left join {{ newest_rows(shop, 'person', ['id'], 'updated') }} as persons
        on events.person_id = persons.id
    where events.metric in ({{ literals(types.values() | sum(start=[])) }})
)
{%- endmacro %}
