"""The raw contract: what users bring (section 1)."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from oracle.tools import kinds

LARGEST = 10**12  # a larger absolute number is rejected (section 0, amounts)
CEILING = 2 * LARGEST  # stands for anything beyond that
EARLIEST = datetime(1990, 1, 1)  # an earlier time is impossible (section 1)
PLANS = ("ended_at", "released_at")  # may be to come, or of any year

# Section 1: white space is Unicode's, with zero-width and no-break signs.
BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
# Section 1, words for nothing, in lower case: null in all but free text.
NOTHING = (
    r"\N".lower(),
    "null",
    "none",
    "nan",
    "nil",
    "n/a",
    "na",
    "<na>",
    "#n/a",
    "undefined",
    "-",
)
# Section 1: customer ids and visitor ids that are nobody.
NOBODY = r"^(-1|0+|0{8}-0{4}-0{4}-0{4}-0{12})$"
# Section 1: a whole number as a spreadsheet shows it when it is long; its digits are lost.
LOST_DIGITS = r"^[+-]?[0-9]([.,][0-9]+)?[eE]\+[0-9]+$"
TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")

TEXT, DAY, TIME = pl.String, pl.Date, pl.Datetime("us")

# Section 1, the raw contract: column -> kind, in contract order.
#   text                     free text
#   id, person               an id without a spreadsheet's `.0`; of a person it may be nobody's
#   figure                   text of a number, without a spreadsheet's `.0`
#   email, phone             an address, null if it can be none
#   upper, lower             a code without case: a currency, a coupon
#   label                    words in lower case, of a channel, a purpose, a topic
#   status, type             words in snake_case, of an order and of an event
#   number, positive         a number; `positive` may not be negative
#   rate                     a number above zero with ten decimals
#   flag                     true or false
#   year                     a year of four digits, with or without a spreadsheet's `.0`
#   time                     an instant, its business date (`<column>_date`) and whether it was
#                            given as a date alone (`<column>_is_day`)
#   day                      a business date without limits
CONTRACT: dict[str, dict[str, str]] = {
    table: kinds(columns)
    for table, columns in {
        "orders": """
            order_id:id ordered_at:time customer_id:person email:email phone:phone status:status
            currency:upper amount:positive discount_amount:positive shipping_amount:number
            tax_amount:number channel:text device:text country:text region:text coupon_code:lower
            referral_code:lower payment_method:text cancelled_at:time is_test:flag _loaded_at:time
        """,
        "order_lines": """
            order_id:id line_id:id product_id:id quantity:positive unit_price:number
            discount_amount:positive amount:number _loaded_at:time
        """,
        "refunds": """
            refund_id:id refunded_at:time amount:positive currency:upper order_id:id
            customer_id:person product_id:id quantity:positive reason:label _loaded_at:time
        """,
        "customers": """
            customer_id:person email:email phone:phone created_at:time first_order_at:time
            lifetime_orders:number birth_date:day age_band:text gender:text country:text region:text
            city:text job_title:text household_size:figure income_band:text
            acquisition_channel:text referral_code:lower lock_in:text customer_type:text
            loyalty_joined_at:time is_staff:flag _loaded_at:time
        """,
        "products": """
            product_id:id name:text brand:text category:text family:text tier:text
            unit_cost:number released_at:time _loaded_at:time
        """,
        "events": """
            event_id:id occurred_at:time event_type:type anonymous_id:person customer_id:person
            email:email device:text channel:text topic:text product_id:id order_id:id
            campaign_id:id referral_code:lower rating:number text:text value:number properties:text
            is_bot:flag is_incentivised:flag is_verified:flag _loaded_at:time
        """,
        "identities": "customer_id:person same_as:person _loaded_at:time",
        "fx_rates": "currency:upper rate_date:time rate:rate",
        "consents": """
            channel:label purpose:label status:label stated_at:time customer_id:person email:email
            phone:phone method:text proof:text _loaded_at:time
        """,
        "campaigns": """
            campaign_id:id name:text kind:label channel:label product_id:id started_at:time
            ended_at:time cost:positive currency:upper is_automated:flag _loaded_at:time
        """,
        "marketing_spend": """
            spend_date:time amount:positive currency:upper channel:label campaign_id:id
            purpose:label _loaded_at:time
        """,
        "service_tickets": """
            ticket_id:id opened_at:time customer_id:person email:email phone:phone channel:label
            topic:label order_id:id product_id:id first_response_at:time resolved_at:time
            is_proactive:flag is_complaint:flag satisfaction:number _loaded_at:time
        """,
        "surveys": """
            survey_id:id name:text kind:label started_at:time ended_at:time invited:positive
            _loaded_at:time
        """,
        "survey_answers": """
            survey_id:id respondent_id:id question_id:id answered_at:time customer_id:person
            email:email answer:figure text:text _loaded_at:time
        """,
        "category_spend": """
            category:text year:year customer_id:person email:email total_amount:positive
            currency:upper own_rank:number brands:number _loaded_at:time
        """,
        "market_sizes": """
            category:text year:year amount:positive country:text currency:upper _loaded_at:time
        """,
        "follower_counts": """
            channel:label counted_on:time followers:positive posts:positive _loaded_at:time
        """,
    }.items()
}

# They make no person and decide neither as_of nor the reporting currency (section 1).
SIDE_TABLES = (
    *("consents", "campaigns", "marketing_spend", "service_tickets", "surveys"),
    *("survey_answers", "category_spend", "market_sizes", "follower_counts"),
)

REQUIRED: dict[str, list[str]] = {
    "orders": ["order_id", "ordered_at"],
    "order_lines": ["order_id", "line_id"],
    "refunds": ["refund_id", "refunded_at", "amount"],
    "customers": ["customer_id"],
    "products": ["product_id"],
    "events": ["event_id", "occurred_at", "event_type"],
    "identities": ["customer_id", "same_as"],
    "fx_rates": ["currency", "rate_date", "rate"],
    "consents": ["channel", "purpose", "status", "stated_at"],
    "campaigns": ["campaign_id"],
    "marketing_spend": ["spend_date", "amount"],
    "service_tickets": ["ticket_id", "opened_at"],
    "surveys": ["survey_id"],
    "survey_answers": ["survey_id", "respondent_id", "question_id", "answered_at"],
    "category_spend": ["category", "year"],
    "market_sizes": ["category", "year", "amount"],
    "follower_counts": ["channel", "counted_on", "followers"],
}

# Null is a value of a key (section 1).
ROW_KEYS: dict[str, list[str]] = {
    "orders": ["order_id"],
    "order_lines": ["order_id", "line_id"],
    "refunds": ["refund_id"],
    "customers": ["customer_id"],
    "products": ["product_id"],
    "events": ["event_id"],
    "identities": ["customer_id", "same_as"],
    "fx_rates": ["currency", "rate_date_date"],
    "consents": ["channel", "purpose", "status", "stated_at", "customer_id", "email", "phone"],
    "campaigns": ["campaign_id"],
    "marketing_spend": ["spend_date_date", "channel", "campaign_id", "purpose", "currency"],
    "service_tickets": ["ticket_id"],
    "surveys": ["survey_id"],
    "survey_answers": ["survey_id", "respondent_id", "question_id", "answer"],
    "category_spend": ["category", "year", "customer_id", "email"],
    "market_sizes": ["category", "year", "country"],
    "follower_counts": ["channel", "counted_on_date"],
}
