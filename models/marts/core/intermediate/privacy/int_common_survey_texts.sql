-- the shop's own words: few surveys share them, but none is a person's address
{{ common_texts('survey', ref('stg_surveys'), ['name', 'kind'], 'started_on', known='true') }}
