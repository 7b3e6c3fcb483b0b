{{ common_texts('refund', ref('stg_refunds'), ['reason'], 'refund_date') }}
