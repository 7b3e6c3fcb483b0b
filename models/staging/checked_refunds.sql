{{ checked_rows('refunds') }}
