{{ source_rows('files', 'products') }}
