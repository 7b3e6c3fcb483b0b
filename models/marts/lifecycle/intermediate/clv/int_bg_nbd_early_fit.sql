{{ config(
    materialized='maximum_likelihood',
    log_likelihood=bg_nbd_log_likelihood(),
    parameters={'r': '0.5', 'alpha': '(1 + sum(customers * age) / sum(customers)) / 4', 'a': '1', 'b': '3'}
) }}

{{ bg_nbd_patterns('early') }}
