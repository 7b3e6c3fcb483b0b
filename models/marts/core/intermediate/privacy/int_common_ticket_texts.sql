{%- set topics = "(select listed.topic from " ~ ref('ticket_topics') ~ " as listed)" -%}
-- what the shop itself lists says nothing of one person, however few wrote of it
{{ common_texts(
    'ticket', ref('stg_service_tickets'), ['channel', 'topic'], 'opened_date', known="column_name = 'topic' and value in " ~ topics
) }}
