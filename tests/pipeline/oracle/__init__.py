"""Independent oracle: the marts, recomputed in polars.

Written from METRICS.md alone, so that a mistake in the SQL models has to be made twice, by two
different programs, to go unnoticed. Every function names the section it implements. It also is
the speed baseline of the warehouse: files are scanned lazily, everything is computed by column,
and only the md5 of distinct contacts and visitors is taken one by one.

    contract, values, reading     what users bring, and how it is read
    staging                       raw files to accepted rows
    side_tables                   the same of what decides neither as_of nor the currency
    identity, core                persons, orders, events
    side_core, consent            campaigns, tickets, surveys; what people said they want
    seeds                         the reference tables that users edit
    privacy                       what a published text may say
    shop                          what every subject reads
    customer_share, …             a subject each: it declares its marts and computes them
    baskets, offers, loyalty      parts of cross_sell, which is one of them
    profile                       the last one, which reads the marts of those before it
    traits, habits, interests, standing, patterns, ideal        its parts
    audiences                 who is in which, by the profile and what people want
    steps, campaigns, budgets                 what is sent, and what it brings and costs
    service, voice, markets, sharing, scenarios                 the rest of sections 11 and 12
    monthly                       the numbers of all of them in one long table
    cohorts                       a part of lifecycle
    marts, comparing              what the marts hold; how they are compared

Units. Inside money is an Int64 of ten-thousandths of the currency (a DECIMAL(18,4) without its
point) and an FX rate is an Int128 of 10^-10; products are exact in Int128 and are rounded half
away from zero. Frames leave as Decimal, Date, Datetime (naive, UTC) and Float64.

Run it with ``python -m oracle DATA_DIR OUT_DIR``, this package's folder on the PYTHONPATH.
"""

from oracle.building import DEFAULT_PARAMS, build
from oracle.comparing import compare
from oracle.marts import KEYS, MARTS, estimates

__all__ = ["DEFAULT_PARAMS", "KEYS", "MARTS", "build", "compare", "estimates"]
