select
    contact_hash,
    contact_type,
    customer_ids,
    guest_orders
from {{ ref('int_shared_contacts') }}
