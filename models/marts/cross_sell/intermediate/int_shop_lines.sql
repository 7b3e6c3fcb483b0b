select coalesce(sum(lines), 0) > 0 as has_lines
from {{ ref('orders') }}
where is_valid
