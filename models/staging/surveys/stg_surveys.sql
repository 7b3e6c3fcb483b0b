{{ accepted_rows('surveys') }}
