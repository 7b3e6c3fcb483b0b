{#- The raw contract: what a shop may bring, and the rules of each table. The one place that says so.

    A table has `columns` (name: kind), `required` columns (never null; a file without one is refused), the
    `key` of which one row stands, and `dates`: the business date derived from a time. Kinds:
      id      text, kept as it is but for the `.0` of ids that went through a float
      text    text as it is               code   text in lower case         currency  text in upper case
      amount  decimal(18,4), never negative                                 number    decimal(18,4)
      rate    decimal(20,10), above zero  flag   boolean
      time    timestamp in UTC, from 1990 on, not later than the run        day       the same as a date
      birthday  a date, not later than the run

    What erasure (macro erased_rows) does: `whose` are the columns that tell whose a row is, the first before the
    others, and `on_erasure` says per column what becomes of it; unnamed ones of text are scrubbed, the others kept.
      keep       as it is
      scrub      stays, but where it holds something known of an erased person: a stable tombstone of the value
                 if it is an id, so that keys still join, else (erased)
      null       empty in the person's own rows, scrubbed in those of others
      tombstone  the person's tombstone where it names the person, else scrubbed
      address    empty in the person's own rows, and wherever it is an erased one
    Rows of a table that `rejects_erased` keep nothing and are rejected as erased.
-#}
{% macro raw_contract() %}
    {{ return({
        'orders': {
            'key': ['order_id'],
            'required': ['order_id', 'ordered_at'],
            'dates': {'ordered_at': 'order_date'},
            'whose': ['customer_id', 'email', 'phone'],
            'on_erasure': {
                'customer_id': 'tombstone', 'email': 'address', 'phone': 'address', 'region': 'null',
                'coupon_code': 'null', 'referral_code': 'tombstone',
            },
            'columns': {
                'order_id': 'id', 'ordered_at': 'time', 'customer_id': 'id', 'email': 'text',
                'phone': 'id', 'status': 'code', 'currency': 'currency', 'amount': 'amount',
                'discount_amount': 'amount', 'shipping_amount': 'number', 'tax_amount': 'number',
                'channel': 'text', 'device': 'text', 'country': 'text', 'region': 'text',
                'coupon_code': 'id', 'referral_code': 'id', 'is_test': 'flag', '_loaded_at': 'time',
            },
        },
        'order_lines': {
            'key': ['order_id', 'line_id'],
            'required': ['order_id', 'line_id'],
            'dates': {},
            'whose': [],
            'on_erasure': {},
            'columns': {
                'order_id': 'id', 'line_id': 'id', 'product_id': 'id', 'quantity': 'amount',
                'unit_price': 'amount', 'discount_amount': 'amount', 'amount': 'amount',
                '_loaded_at': 'time',
            },
        },
        'refunds': {
            'key': ['refund_id'],
            'required': ['refund_id', 'refunded_at', 'amount'],
            'dates': {'refunded_at': 'refund_date'},
            'whose': ['customer_id', 'order_id'],
            'on_erasure': {
                'customer_id': 'tombstone', 'reason': 'null',
            },
            'columns': {
                'refund_id': 'id', 'refunded_at': 'time', 'amount': 'amount', 'order_id': 'id',
                'customer_id': 'id', 'reason': 'text', '_loaded_at': 'time',
            },
        },
        'customers': {
            'key': ['customer_id'],
            'required': ['customer_id'],
            'dates': {'created_at': 'created_date', 'first_order_at': 'known_first_order_date'},
            'whose': ['customer_id', 'email', 'phone'],
            'on_erasure': {
                'customer_id': 'tombstone', 'email': 'address', 'phone': 'address', 'birth_date': 'null',
                'gender': 'null', 'country': 'null', 'region': 'null', 'city': 'null', 'job_title': 'null',
                'household_size': 'null', 'income_band': 'null', 'acquisition_channel': 'null',
                'referral_code': 'tombstone', 'lock_in': 'null',
            },
            'columns': {
                'customer_id': 'id', 'email': 'text', 'phone': 'id', 'created_at': 'time',
                'first_order_at': 'time', 'birth_date': 'birthday', 'gender': 'text', 'country': 'text',
                'region': 'text', 'city': 'text', 'job_title': 'text', 'household_size': 'id',
                'income_band': 'text', 'acquisition_channel': 'text', 'referral_code': 'id',
                'lock_in': 'text', 'is_staff': 'flag', '_loaded_at': 'time',
            },
        },
        'products': {
            'key': ['product_id'],
            'required': ['product_id'],
            'dates': {},
            'whose': [],
            'on_erasure': {},
            'columns': {
                'product_id': 'id', 'name': 'text', 'brand': 'text', 'category': 'text',
                'family': 'text', 'tier': 'text', 'unit_cost': 'number', '_loaded_at': 'time',
            },
        },
        'events': {
            'key': ['event_id'],
            'required': ['event_id', 'occurred_at', 'event_type'],
            'dates': {'occurred_at': 'event_date'},
            'whose': ['customer_id', 'email', 'anonymous_id'],
            'rejects_erased': True,
            'on_erasure': {
                'customer_id': 'tombstone', 'email': 'address', 'referral_code': 'tombstone',
            },
            'columns': {
                'event_id': 'id', 'occurred_at': 'time', 'event_type': 'code', 'anonymous_id': 'id',
                'customer_id': 'id', 'email': 'text', 'device': 'text', 'channel': 'text',
                'topic': 'text', 'product_id': 'id', 'order_id': 'id', 'campaign_id': 'id',
                'referral_code': 'id', 'rating': 'number', 'text': 'text', 'value': 'number',
                'properties': 'text', 'is_bot': 'flag', 'is_incentivised': 'flag',
                'is_verified': 'flag', '_loaded_at': 'time',
            },
        },
        'identities': {
            'key': ['customer_id', 'same_as'],
            'required': ['customer_id', 'same_as'],
            'dates': {},
            'whose': ['customer_id'],
            'on_erasure': {
                'customer_id': 'tombstone', 'same_as': 'tombstone',
            },
            'columns': {'customer_id': 'id', 'same_as': 'id', '_loaded_at': 'time'},
        },
        'erasures': {
            'key': ['customer_id', 'email'],
            'required': ['requested_at'],
            'dates': {},
            'whose': [],
            'on_erasure': {},
            'columns': {'customer_id': 'id', 'email': 'text', 'requested_at': 'time'},
        },
        'fx_rates': {
            'key': ['currency', 'rate_date'],
            'required': ['currency', 'rate_date', 'rate'],
            'dates': {},
            'whose': [],
            'on_erasure': {},
            'columns': {'currency': 'currency', 'rate_date': 'day', 'rate': 'rate'},
        },
    }) }}
{% endmacro %}
