{{ accepted_rows('consents') }}
