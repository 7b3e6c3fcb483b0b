{{ rated_rows('market_sizes', 'year') }}
