{#- Raw relations as rows of a contract table: typed, each with the reason why it cannot be used, if any.

    `relations`: a list of {shop, sql, columns (name: type)}. Each is parsed by its own types before they are
    united. Beside the contract's columns come source, the business dates and hours, reject_reason (the first rule that
    the row breaks by itself) and raw_row (the row as JSON, only of rows with a reason or an id that lost digits; of all orders for
    `patronage inspect`, which looks at how their times are written: var keep_raw_orders). -#}
{% macro contract_rows(table, relations) %}
    {% set contract = raw_contract()[table] %}
    {% set latest = (run_started_at + modules.datetime.timedelta(days=1)).strftime('%Y-%m-%d %H:%M:%S') %}
select
    cast(null as {{ dbt.type_string() }}) as source,
    {%- for column, kind in contract.columns.items() %}
    cast(null as {{ kind_type(kind) }}) as {{ quoted(column) }},
    {%- endfor %}
    {%- for name, type in contract.derived.items() %}
    cast(null as {{ type }}) as {{ name }},
    {%- endfor %}
    cast(null as {{ dbt.type_string() }}) as reject_reason,
    cast(null as {{ dbt.type_string() }}) as raw_row
where false
    {%- for relation in relations %}
        {%- set present = {} %}
        {%- set as_json = {} %}
        {%- set doubts = ['true' if table == 'orders' and var('keep_raw_orders', false) else 'reject_reason is not null'] %}
        {%- for column, kind in contract.columns.items() if column in relation.columns %}
            {%- set type = relation.columns[column] %}
            {%- do present.update({column: type if reads_natively(kind, type) else 'VARCHAR'}) %}
            {%- do as_json.update({column: quoted('raw_' ~ column)}) %}
            {%- if kind in ('id', 'person') and present[column] == 'VARCHAR' %}
                {%- do doubts.append(has_lost_digits(quoted('raw_' ~ column))) %}
            {%- endif %}
        {%- endfor %}
union all
select
    {{ literal(relation.shop.name) }} as source,
        {%- for column in contract.columns %}
    {{ quoted(column) }},
        {%- endfor %}
        {%- for name in contract.derived %}
    {{ name }},
        {%- endfor %}
    reject_reason,
    case when {{ doubts | join(' or ') }} then {{ to_row_json(as_json) }} end as raw_row
from (
    select
        {{ reject_reason(contract, present, latest) }} as reject_reason,
        *
    from (
        select
        {%- for column, date in contract.dates.items() %}
            {%- if column in present %}
            {{ business_date(
                quoted(column), quoted('raw_' ~ column), present[column], relation.shop.timezone
            ) }} as {{ date }},
            {%- else %}
            cast(null as date) as {{ date }},
            {%- endif %}
        {%- endfor %}
        {%- for column, hour in contract.hours.items() %}
            {%- if column in present %}
            {{ business_hour(
                quoted(column), quoted('raw_' ~ column), present[column], relation.shop.timezone
            ) }} as {{ hour }},
            {%- else %}
            cast(null as bigint) as {{ hour }},
            {%- endif %}
        {%- endfor %}
        {%- for column, kind in contract.columns.items() %}
            {{ known_text(quoted(column), kind) if column in present and kind in ('id', 'person', 'phone')
                else quoted(column) }} as {{ quoted(column) }},
        {%- endfor %}
        {%- for column in present %}
            {{ quoted('raw_' ~ column) }}{{ ',' if not loop.last }}
        {%- endfor %}
        from (
            select
        {%- for column, kind in contract.columns.items() %}
            {%- set raw = quoted('raw_' ~ column) %}
            {%- set type = present.get(column) %}
            {%- if column not in present %}
                cast(null as {{ kind_type(kind) }})
            {%- elif kind in ('id', 'person', 'phone', 'figure', 'year') %}
                {{ parse_id(raw) }}
            {%- elif kind == 'email' %}
                case when {{ is_email(raw) }} then {{ raw }} end
            {%- elif kind == 'status' %}
                {{ order_status(raw) }}
            {%- elif kind == 'event_type' %}
                {{ event_type(raw) }}
            {%- elif kind in ('code', 'label') %}
                {{ lower_case(raw) }}
            {%- elif kind == 'currency' %}
                upper({{ raw }})
            {%- elif kind == 'time' %}
                {{ parse_time(raw, type, relation.shop) }}
            {%- elif kind in ('day', 'birthday') %}
                {{ business_date(parse_time(raw, type, relation.shop), raw, type, relation.shop.timezone) }}
            {%- elif kind in ('amount', 'number') %}
                {{ parse_decimal(raw, type, 18, 4) }}
            {%- elif kind == 'rate' %}
                {{ parse_decimal(raw, type, 20, 10) }}
            {%- elif kind == 'flag' %}
                {{ parse_flag(raw, type) }}
            {%- else %}
                {{ raw }}
            {%- endif %} as {{ quoted(column) }},
        {%- endfor %}
                *
            from (
                select
        {%- for column, type in present.items() %}
            {%- set raw = quoted('raw_' ~ column) %}
            {%- set kind = contract.columns[column] %}
                    {{ raw if type != 'VARCHAR' or kind in ('text', 'event_type')
                        else 'case when not ' ~ is_nothing(raw) ~ ' then ' ~ (raw_id(raw) if kind in ('id', 'person') else raw) ~ ' end' }} as {{ raw }}{{ ',' if not loop.last }}
        {%- endfor %}
                from (
                    select
        {%- for column, type in present.items() %}
                        {{ quoted(column) if type != 'VARCHAR' else parse_text(quoted(column), relation.columns[column]) }}
                            as {{ quoted('raw_' ~ column) }}{{ ',' if not loop.last }}
        {%- endfor %}
                    from (
                        {{ relation.sql }}
                    ) as file_rows
                ) as trimmed
            ) as texts
        ) as parsed
    ) as known
) as judged
    {%- endfor %}
{% endmacro %}
