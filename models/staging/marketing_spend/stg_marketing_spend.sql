{{ rated_rows('marketing_spend', 'spend_date') }}
