{{ checked_rows('events') }}
