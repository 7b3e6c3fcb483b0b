-- the shop's own words: few rows may share them, but none is a person's address
{{ common_texts('spend', ref('stg_marketing_spend'), ['channel', 'purpose'], 'spend_date', known='true') }}
