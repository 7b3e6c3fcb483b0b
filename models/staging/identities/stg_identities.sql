{{ accepted_rows('identities') }}
