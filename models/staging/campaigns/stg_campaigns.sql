{{ rated_rows('campaigns', 'started_on') }}
