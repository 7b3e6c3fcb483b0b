{{ accepted_rows('erasures') }}
