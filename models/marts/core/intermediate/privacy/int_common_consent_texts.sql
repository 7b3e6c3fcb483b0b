-- channels and purposes are the shop's own words: few of them need not be anybody's
{{ common_texts(
    'consent', ref('stg_consents'), ['channel', 'purpose', 'method'], 'stated_date', known="column_name <> 'method'"
) }}
