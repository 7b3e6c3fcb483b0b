{{ rated_rows('category_spend', 'year') }}
