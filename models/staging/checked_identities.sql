{{ checked_rows('identities') }}
