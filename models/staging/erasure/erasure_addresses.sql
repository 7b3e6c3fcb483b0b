{{ config(materialized='table') }}

{%- set as_of = setting('as_of', 'PATRONAGE_AS_OF') %}
{%- set ids = {
    'customers': ['customer_id'], 'orders': ['customer_id'], 'refunds': ['customer_id'], 'events': ['customer_id'],
    'identities': ['customer_id', 'same_as'],
} %}
{%- set dates = {'orders': 'order_date', 'refunds': 'refund_date', 'events': 'event_date'} %}

-- Who has which address, as it will be when staging has chosen among versions: read before staging
-- writes, as what is to be erased must not be written. Empty unless somebody asked to be erased.
with accounts as (
    {%- for table in searched_tables(ids | list) %}
    {%- for column in ids[table] %}
    {{ 'union' if not (loop.first and table == 'customers') }}
    select
        source,
        {{ column }} as customer_id
    from {{ latest_rows(table, column ~ " like '%@%'") }} as every_{{ table }}
    {{ 'where ' ~ dates[table] ~ ' <= ' ~ date_literal(as_of) if as_of and table in dates }}
    {%- endfor %}
    {%- endfor %}
),

known as (
    select
        {{ contact_hash("'account'", 'account_key') }} as account_node,
        contact_hash as contact_node,
        is_shared
    from {{ known_addresses(
        latest_rows('customers'), latest_rows('orders'), 'accounts', date_literal(as_of) if as_of
    ) }} as known_addresses
    where {{ 'true' if has_erasures() else 'false' }}
),

-- the emails by which events alone know somebody
leads as (
    select distinct {{ identity_node('email', 'events') }} as email_node
    from {{ latest_rows('events', 'email is not null') }} as events
    where
        {{ 'true' if has_erasures() else 'false' }}
        and events.customer_id is null
        and not events.is_bot
        and {{ is_actors_email('events.event_type') }}
        and {{ 'events.event_date <= ' ~ date_literal(as_of) if as_of else 'true' }}
),

erasure_addresses as (
    select *
    from known
    union all
    select
        cast(null as {{ dbt.type_string() }}) as account_node,
        leads.email_node as contact_node,
        false as is_shared
    from leads
    left join known
        on leads.email_node = known.contact_node
    where known.contact_node is null
)

select * from erasure_addresses
