"""The raw contract: what users bring (section 1)."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from oracle.tools import kinds

LARGEST = 10**12  # a larger absolute number is rejected (section 0, amounts)
CEILING = 2 * LARGEST  # stands for anything beyond that
EARLIEST = datetime(1990, 1, 1)  # an earlier time is impossible (section 1)

INVALID_STATUSES = ("cancelled", "canceled", "void", "failed", "fraud", "test")
TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")

TEXT, DAY, TIME = pl.String, pl.Date, pl.Datetime("us")

# Section 1, the raw contract: column -> kind, in contract order.
#   id, text, lower, upper   text; an id loses a spreadsheet's `.0`
#   number, positive         a number; `positive` may not be negative
#   rate                     a number above zero with ten decimals
#   flag                     true or false
#   time                     an instant and its business date (`<column>_date`)
#   day                      a business date without limits
CONTRACT: dict[str, dict[str, str]] = {
    table: kinds(columns)
    for table, columns in {
        "orders": """
            order_id:id ordered_at:time customer_id:id email:text phone:text status:lower
            currency:upper amount:positive discount_amount:positive shipping_amount:number
            tax_amount:number channel:text device:text country:text region:text coupon_code:text
            referral_code:text is_test:flag _loaded_at:time
        """,
        "order_lines": """
            order_id:id line_id:id product_id:id quantity:positive unit_price:positive
            discount_amount:positive amount:positive _loaded_at:time
        """,
        "refunds": """
            refund_id:id refunded_at:time amount:positive order_id:id customer_id:id reason:text
            _loaded_at:time
        """,
        "customers": """
            customer_id:id email:text phone:text created_at:time first_order_at:time
            birth_date:day gender:text country:text region:text city:text job_title:text
            household_size:id income_band:text acquisition_channel:text referral_code:text
            lock_in:text is_staff:flag _loaded_at:time
        """,
        "products": """
            product_id:id name:text brand:text category:text family:text tier:text
            unit_cost:number _loaded_at:time
        """,
        "events": """
            event_id:id occurred_at:time event_type:lower anonymous_id:id customer_id:id
            email:text device:text channel:text topic:text product_id:id order_id:id
            campaign_id:id referral_code:text rating:number text:text value:number properties:text
            is_bot:flag is_incentivised:flag is_verified:flag _loaded_at:time
        """,
        "identities": "customer_id:id same_as:id _loaded_at:time",
        "fx_rates": "currency:upper rate_date:time rate:rate",
    }.items()
}

REQUIRED: dict[str, list[str]] = {
    "orders": ["order_id", "ordered_at"],
    "order_lines": ["order_id", "line_id"],
    "refunds": ["refund_id", "refunded_at", "amount"],
    "customers": ["customer_id"],
    "products": ["product_id"],
    "events": ["event_id", "occurred_at", "event_type"],
    "identities": ["customer_id", "same_as"],
    "fx_rates": ["currency", "rate_date", "rate"],
}

ROW_KEYS: dict[str, list[str]] = {
    "orders": ["order_id"],
    "order_lines": ["order_id", "line_id"],
    "refunds": ["refund_id"],
    "customers": ["customer_id"],
    "products": ["product_id"],
    "events": ["event_id"],
    "identities": ["customer_id", "same_as"],
    "fx_rates": ["currency", "rate_date_date"],
}
