{{ source_rows('files', 'events') }}
