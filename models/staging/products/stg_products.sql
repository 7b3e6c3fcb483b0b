{{ accepted_rows('products') }}
