{{ common_texts('ticket', ref('stg_service_tickets'), ['channel', 'topic'], 'opened_date') }}
