-- the shop's own words: few campaigns share them, but none is a person's address
{{ common_texts('campaign', ref('stg_campaigns'), ['name', 'kind', 'channel'], 'started_on', known='true') }}
