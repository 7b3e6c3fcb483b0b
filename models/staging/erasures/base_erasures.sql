{{ config(materialized='table') }}

-- Who asked to be erased is kept as salted hashes only, and the raw row not at all.
select
    {{ row_id() }} as row_id,
    requests.source,
    {{ identity_node('account', 'requests') }} as customer_id,
    {{ identity_node('email', 'requests') }} as email,
    requests.requested_at,
    requests.reject_reason,
    cast(null as {{ dbt.type_string() }}) as raw_row,
    false as is_scrubbed
from {{ every_system('erasures') }} as requests
