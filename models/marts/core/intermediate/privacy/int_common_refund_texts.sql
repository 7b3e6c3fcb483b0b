{%- set reasons = "(select listed.reason from " ~ ref('refund_reasons') ~ " as listed)" -%}
-- what the shop itself lists says nothing of one person, however few gave it
{{ common_texts('refund', ref('stg_refunds'), ['reason'], 'refund_date', known='value in ' ~ reasons) }}
