-- Every accepted order up to as_of is in core, and no table of core holds more rows than were accepted,
-- beside the refunds of which an order's status alone tells.
with held as (
    {%- for table in [
        'orders', 'order_lines', 'refunds', 'events', 'campaigns', 'marketing_spend', 'surveys',
        'service_tickets', 'survey_answers'
    ] %}
    select
        {{ literal(table) }} as raw_table,
        count(*) as held_rows
    from {{ ref(table) }}
    {{ "where reason is distinct from 'status'" if table == 'refunds' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

accepted as (
    select
        raw_table,
        sum(accepted_rows) as accepted_rows
    from {{ ref('reconciliation') }}
    group by raw_table
),

due as (
    select
        'orders' as raw_table,
        count(*) as due_rows
    from {{ ref('stg_orders') }} as orders
    inner join {{ ref('as_of') }} as dates
        on orders.order_date <= dates.as_of
)

select
    held.raw_table,
    held.held_rows,
    accepted.accepted_rows,
    due.due_rows
from held
inner join accepted
    on held.raw_table = accepted.raw_table
left join due
    on held.raw_table = due.raw_table
where
    held.held_rows > accepted.accepted_rows
    or held.held_rows <> due.due_rows
