{{ source_rows('files', 'orders') }}
