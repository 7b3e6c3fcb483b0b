{{ checked_rows('products') }}
