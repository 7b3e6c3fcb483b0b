{#- All systems' rows of a contract table without what belongs to those who asked to be erased, or is known of them.

    The contract says per column what becomes of it (`on_erasure`), and by which columns a row is whose. `is_scrubbed`
    says whether anything was taken out of a row; the row as it came in (raw_row) stays only where nothing was. -#}
{% macro erased_rows(table) -%}
{%- set contract = raw_contract()[table] -%}
{%- set nodes = ref('erasure_tombstones') -%}
{%- set contacts = ref('erasure_contacts') -%}
{#- dbt knows no contract while it parses: a model of a table that needs one of these names it in a `depends_on` -#}
{%- set visits = ref('erasure_visits') if 'anonymous_id' in contract.whose -%}
{%- set texts = ref('erasure_texts') -%}
{%- set orders = ref('base_orders') if 'order_id' in contract.whose -%}
{%- set addresses = contract.whose | select('in', ('email', 'phone')) | list -%}
{%- set classes = text_columns(table) -%}
{%- set names = [] -%}
{%- for column in contract.columns if contract.on_erasure.get(column) in ('tombstone', 'address')
        or column == 'customer_id' and column in contract.whose -%}
    {%- do names.append(column) -%}
{%- endfor -%}
{%- set replaced = [] -%}
{%- for column, action in contract.on_erasure.items() if action == 'replace' -%}
    {%- do replaced.append(column) -%}
{%- endfor -%}
{%- set traces = [] -%}
{%- for column in names -%}
    {%- do traces.append(column ~ '_node.node is not null') -%}
{%- endfor -%}
{%- for column in classes -%}
    {%- do traces.append(column ~ '_text.text_hash is not null') -%}
{%- endfor -%}
(
    with joined as (
        select
            every_row.*,
            {%- for column in names %}
            {{ column }}_node.node as {{ column }}_node,
            {{ column }}_node.person as {{ column }}_person,
            {%- endfor %}
            {%- for column in classes %}
            {{ column }}_text.text_hash as {{ column }}_hash,
            {%- endfor %}
            {{ traces | join(' or ') }} as has_trace,
            {%- if not contract.whose %}
            cast(null as {{ dbt.type_string() }}) as person
            {%- elif contract.is_of_first_named %}
            coalesce(
                case
                    {#- an address that was asked for and is nobody's is theirs who asked #}
                    {%- for column in contract.whose if column != 'order_id' %}
                    when every_row.{{ column }} is not null
                        then coalesce({{ column }}_node.person, {{ tombstone(column ~ '_node.node') }})
                    {%- endfor %}
                    {{ 'else their_orders.person' if orders }}
                end
                {%- for column in contract.whose %},
                case when every_row.reject_reason is not null
                    then {{ 'their_orders' if column == 'order_id' else column ~ '_node' }}.person end
                {%- endfor %}
            ) as person
            {%- else %}
            coalesce(
                case
                    when every_row.customer_id is not null then customer_id_node.person
                    {%- for state in ('is_account', 'node is not null') %}
                    {%- for kind in addresses %}
                    when {{ kind }}_contact.{{ state }}{{ ' and ' ~ is_actors_email('every_row.event_type') if 'event_type' in contract.columns }}
                        then {{ kind }}_node.person
                    {%- endfor %}
                    {%- endfor %}
                    {%- if 'anonymous_id' in contract.whose %}
                    when visits.person is not null then visits.person
                    {%- endif %}
                end
                {%- if 'order_id' in contract.whose %},
                their_orders.person
                {%- endif %}
                {#- what is rejected counts for nobody: any name makes it theirs #}
                {%- for kind in addresses %},
                case when every_row.reject_reason is not null then {{ kind }}_node.person end
                {%- endfor %}
            ) as person
            {%- endif %}
        from {{ every_system(table) }} as every_row
        {%- for column in names %}
        left join {{ nodes }} as {{ column }}_node
            on {{ identity_node(name_kind(column), 'every_row', column) }} = {{ column }}_node.node
        {%- endfor %}
        {%- for kind in addresses if not contract.is_of_first_named %}
        left join {{ contacts }} as {{ kind }}_contact
            on {{ identity_node(kind, 'every_row') }} = {{ kind }}_contact.node
        {%- endfor %}
        {%- for column, text_class in classes.items() %}
        left join {{ texts }} as {{ column }}_text
            on
                {{ text_hash(literal(text_class), 'every_row.source', 'every_row.' ~ quoted(column)) }}
                = {{ column }}_text.text_hash
        {%- endfor %}
        {%- if 'order_id' in contract.whose %}
        left join (
            select
                orders.source,
                orders.order_id,
                min(orders.customer_id) as person
            from {{ orders }} as orders
            inner join (select distinct person from {{ nodes }}) as people
                on orders.customer_id = people.person
            group by
                orders.source,
                orders.order_id
        ) as their_orders
            on
                every_row.source = their_orders.source
                and {{ scrubbed('id', 'every_row.order_id', 'order_id_text.text_hash') }} = their_orders.order_id
        {%- endif %}
        {%- if 'anonymous_id' in contract.whose %}
        left join {{ visits }} as visits
            on
                {{ identity_node('visitor', 'every_row') }} = visits.visitor_node
                and every_row.occurred_at >= visits.started_at
                and every_row.occurred_at < visits.ended_at
        {%- endif %}
    ),

    owned as (
        select
            *
            {%- for column in replaced %},
            count(person) over (partition by source, {{ column }}) > 0 as {{ column }}_is_theirs
            {%- endfor %}
        from joined
    ),

    erased as (
        select
            source,
            {%- for column, kind in contract.columns.items() %}
            {%- set value = quoted(column) %}
            {%- set action = contract.on_erasure.get(column, 'scrub' if column in classes else 'keep') %}
            {%- set rest = scrubbed(kind, value, column ~ '_hash') if column in classes else value %}
            {%- if action in ('keep', 'scrub') %}
            {{ rest }}
            {%- elif action == 'null' %}
            case when person is null then {{ rest }} end
            {%- elif action == 'address' %}
            case when person is null and {{ column }}_node is null and {{ column }}_hash is null then {{ value }} end
            {%- elif action == 'replace' %}
            case when {{ column }}_is_theirs then {{ id_tombstone(text_hash("'id'", 'source', value)) }} else {{ rest }} end
            {%- elif action == 'tombstone' %}
            coalesce(
                {#- in a key the accounts of one person stay apart #}
                {{ account_tombstone(column ~ '_person', column ~ '_node') if column in contract.key else column ~ '_person' }},
                {%- if column == contract.whose[0] %}
                case
                    when reject_reason is not null {{ 'and' if column in contract.key else 'or' }} {{ value }}
                        is {{ 'not null' if column in contract.key else 'null' }} then person
                end,
                {%- endif %}
                {{ rest }}
            )
            {%- endif %} as {{ value }},
            {%- endfor %}
            {%- for name in contract.derived %}
            {{ name }},
            {%- endfor %}
            reject_reason,
            {%- set is_touched = ['has_trace', 'person is not null'] %}
            {%- for column in replaced %}
            {%- do is_touched.append(column ~ '_is_theirs') %}
            {%- endfor %}
            case when not ({{ is_touched | join(' or ') }}) then raw_row end as raw_row,
            person,
            {{ is_touched | join(' or ') }} as is_scrubbed
        from owned
    )

    select
        source,
        {%- for column in (contract.columns | map('string') | list) + (contract.derived | list) %}
        {%- set value = quoted(column) %}
        {{ 'case when person is null then ' ~ value ~ ' end as ' ~ value if contract.rejects_erased else value }},
        {%- endfor %}
        {%- if contract.rejects_erased %}
        case when person is not null then coalesce(reject_reason, 'erased') else reject_reason end as reject_reason,
        {%- else %}
        reject_reason,
        {%- endif %}
        raw_row,
        is_scrubbed
    from erased
)
{%- endmacro %}

{#- A value of a text column, or what stands for it where its hash is known to erasure. -#}
{% macro scrubbed(kind, value, hash) -%}
    case
        when {{ hash }} is null then {{ value }}
        else {{ id_tombstone(hash) if kind in id_kinds() else "'(erased)'" }}
    end
{%- endmacro %}

{#- What stands for an id whose hash erasure knows, so that keys still join. -#}
{% macro id_tombstone(hash) -%}
    'erased-' || substr({{ hash }}, 1, 16)
{%- endmacro %}
