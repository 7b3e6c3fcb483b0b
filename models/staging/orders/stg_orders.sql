{{ accepted_rows('orders') }}
