{{ source_rows('files', 'identities') }}
