{{ source_rows('files', 'customers') }}
