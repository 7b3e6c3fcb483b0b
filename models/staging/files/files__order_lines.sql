{{ source_rows('files', 'order_lines') }}
