{{ checked_rows('customers') }}
