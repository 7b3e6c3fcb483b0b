{{ rated_rows('orders', 'order_date') }}
