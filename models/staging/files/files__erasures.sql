{{ source_rows('files', 'erasures') }}
