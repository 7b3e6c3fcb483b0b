select
    purchase,
    at_risk_after_days,
    lapsed_after_days,
    gaps,
    follow_up_days,
    method
from {{ ref('int_lifecycle_thresholds') }}
