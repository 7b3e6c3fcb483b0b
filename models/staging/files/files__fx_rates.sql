{{ source_rows('files', 'fx_rates') }}
