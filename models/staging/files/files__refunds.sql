{{ source_rows('files', 'refunds') }}
