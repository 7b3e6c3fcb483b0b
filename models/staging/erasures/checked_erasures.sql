{{ checked_rows('erasures') }}
