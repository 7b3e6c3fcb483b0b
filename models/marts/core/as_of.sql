select
    as_of,
    history_start,
    history_days
from {{ ref('int_as_of') }}
