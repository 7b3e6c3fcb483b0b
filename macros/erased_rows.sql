{#- All systems' rows of a table that names people, without what belongs to those who asked to be erased.

    Orders and refunds keep amounts, status and dates, under the person's tombstone; the customers row keeps its
    dates and is_staff, which numbers hang on; events keep nothing, and are rejected as erased. An address of theirs
    vanishes from everybody's rows, and their emails from all texts; their referral code becomes the tombstone. -#}
{% macro erased_rows(table) -%}
{%- set contract = raw_contract()[table] -%}
{%- set nodes = ref('erased_nodes') -%}
{%- set contacts = ref('erasure_contacts') -%}
{%- set moments = ref('erased_moments') -%}
{%- set orders = ref('typed_orders') if table == 'refunds' -%}
{%- set lost = {
    'orders': ['region', 'coupon_code'], 'refunds': ['reason'], 'identities': [],
    'customers': [
        'birth_date', 'gender', 'country', 'region', 'city', 'job_title', 'household_size', 'income_band',
        'acquisition_channel', 'lock_in',
    ],
    'events': contract.columns | list,
}[table] -%}
{%- set has_email = 'email' in contract.columns -%}
{%- set has_phone = 'phone' in contract.columns -%}
{%- set accounts = ['customer_id', 'same_as'] if table == 'identities' else ['customer_id'] -%}
{%- set touched = ['customer_id_node.node is not null'] -%}
{%- do touched.append('same_as_node.node is not null') if table == 'identities' -%}
{%- do touched.append('email_node.node is not null') if has_email -%}
{%- do touched.append('phone_node.node is not null') if has_phone -%}
{%- do touched.append('their_orders.person is not null') if table == 'refunds' -%}
{%- do touched.append('moments.occurred_at is not null') if table == 'events' -%}
(
    with their_emails as (
        select distinct {{ normal_email('named.email') }} as email
        from (
            select email from {{ every_system('customers') }} as customers
            union all
            select email from {{ every_system('orders') }} as orders
            union all
            select email from {{ every_system('erasures') }} as erasures
        ) as named
        inner join {{ nodes }} as nodes
            on {{ identity_node('email', 'named') }} = nodes.node
    ),

    their_codes as (
        select
            codes.source,
            codes.referral_code,
            min(nodes.person) as person
        from {{ every_system('customers') }} as codes
        inner join {{ nodes }} as nodes
            on {{ identity_node('account', 'codes') }} = nodes.node
        where codes.referral_code is not null
        group by
            codes.source,
            codes.referral_code
    ),

    joined as (
        select
            every_row.*,
            {%- for column in accounts %}
            {{ column }}_node.person as {{ column }}_person,
            substr({{ column }}_node.node, 1, 8) as {{ column }}_part,
            {%- endfor %}
            {%- if has_email %}
            email_node.node is not null as is_email_erased,
            {%- endif %}
            {%- if has_phone %}
            phone_node.node is not null as is_phone_erased,
            {%- endif %}
            {%- if 'referral_code' in contract.columns %}
            their_codes.person as code_person,
            {%- endif %}
            {{ touched | join(' or ') }} as is_touched,
            {%- if table == 'orders' %}
            case
                when every_row.customer_id is not null then customer_id_node.person
                when email_contact.is_account then email_node.person
                when phone_contact.is_account then phone_node.person
                when email_contact.node is not null then email_node.person
                else phone_node.person
            end as person
            {%- elif table == 'events' %}
            case
                when every_row.customer_id is not null then customer_id_node.person
                when email_contact.node is not null then email_node.person
                when moments.occurred_at is not null then moments.person
            end as person
            {%- elif table == 'refunds' %}
            coalesce(customer_id_node.person, their_orders.person) as person
            {%- else %}
            customer_id_node.person as person
            {%- endif %}
        from {{ every_system(table) }} as every_row
        {%- for column in accounts %}
        left join {{ nodes }} as {{ column }}_node
            on {{ identity_node('account', 'every_row', column) }} = {{ column }}_node.node
        {%- endfor %}
        {%- for kind in ('email', 'phone') if kind in contract.columns %}
        left join {{ nodes }} as {{ kind }}_node
            on {{ identity_node(kind, 'every_row') }} = {{ kind }}_node.node
        left join {{ contacts }} as {{ kind }}_contact
            on {{ identity_node(kind, 'every_row') }} = {{ kind }}_contact.node
        {%- endfor %}
        {%- if 'referral_code' in contract.columns %}
        left join their_codes
            on
                every_row.source = their_codes.source
                and every_row.referral_code = their_codes.referral_code
        {%- endif %}
        {%- if table == 'refunds' %}
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
                and every_row.order_id = their_orders.order_id
        {%- elif table == 'events' %}
        left join {{ moments }} as moments
            on
                {{ identity_node('visitor', 'every_row') }} = moments.visitor_node
                and every_row.occurred_at = moments.occurred_at
        {%- endif %}
    )

    select
        source,
        {%- for column in contract.columns %}
        {%- set value = quoted(column) %}
        {%- if table == 'identities' and column in accounts or table == 'customers' and column == 'customer_id' %}
        coalesce({{ column }}_person || '-' || {{ column }}_part, {{ value }}) as {{ value }},
        {%- elif column in lost and (contract.columns[column] != 'text' or column == 'email') %}
        case when person is null{{ ' and not is_email_erased' if column == 'email' }} then {{ value }} end
            as {{ value }},
        {%- elif column == 'customer_id' %}
        {%- set whose = 'customer_id_person' if table == 'refunds' else 'person' %}
        coalesce({{ whose }}, {{ value }}) as {{ value }},
        {%- elif column in ('email', 'phone') %}
        case when person is null and not is_{{ column }}_erased then {{ value }} end as {{ value }},
        {%- elif column == 'referral_code' %}
        coalesce(code_person, {{ value }}) as {{ value }},
        {%- elif contract.columns[column] == 'text' %}
        case
            {%- if column in lost %}
            when person is not null then null
            {%- endif %}
            when exists (
                select 1 from their_emails
                where position(their_emails.email in {{ lower_case('joined.' ~ value) }}) > 0
            ) then '(erased)'
            else {{ value }}
        end as {{ value }},
        {%- else %}
        {{ value }},
        {%- endif %}
        {%- endfor %}
        {%- for date in contract.dates.values() %}
        {{ 'case when person is null then ' ~ date ~ ' end as ' ~ date if table == 'events' else date }},
        {%- endfor %}
        {%- if table == 'events' %}
        case when person is not null then coalesce(reject_reason, 'erased') else reject_reason end as reject_reason,
        {%- else %}
        reject_reason,
        {%- endif %}
        case
            when not is_touched and not exists (
                select 1 from their_emails
                where position(their_emails.email in {{ lower_case('joined.raw_row') }}) > 0
            ) then raw_row
        end as raw_row
    from joined
)
{%- endmacro %}
