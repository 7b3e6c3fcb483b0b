{#- For mappings of systems that bring events. -#}

{#- A value by the name that `names` (a map) has for it, else as it is. -#}
{% macro renamed(value, names) -%}
    case {{ value }}
        {%- for name, other in names.items() %}
        when {{ literal(name) }} then {{ literal(other) }}
        {%- endfor %}
        else {{ value }}
    end
{%- endmacro %}

{#- The type of an event that its tracker named in the e-commerce vocabulary of trackers: by the product's words where they differ. -#}
{% macro tracked_event(name) -%}
    {{ renamed(event_type(name), {
        'coupon_applied': 'coupon_redeemed',
        'product_added_to_wishlist': 'wishlist_added',
        'products_searched': 'site_searched',
        'email_delivered': 'campaign_received',
        'email_link_clicked': 'email_clicked',
        'unsubscribed': 'newsletter_unsubscribed',
    }) }}
{%- endmacro %}

{#- Whether a browser's name for itself is that of a program: a crawler, a monitor, a preview of links. A phone called Cubot is none. -#}
{% macro is_bot_agent(user_agent) -%}
    {%- set words = '(^|[^u]|[^c]u)bots?([^a-z]|$)|crawl|spider|slurp|headless|lighthouse|facebookexternalhit|pingdom|phantomjs'
        ~ '|^curl|^python|^wget|^java/|^go-http' -%}
    coalesce(regexp_extract(lower({{ user_agent }}), {{ literal('(' ~ words ~ ')') }}, 1) <> '', false)
{%- endmacro %}

{#- What Google tells, which writes in brackets that it has nothing: (not set), (none), (direct). -#}
{% macro unless_in_brackets(value) -%}
    case when {{ value }} not like '(%' then {{ value }} end
{%- endmacro %}

{#- What the only item of a JSON array holds at a path; null where it has several, as it is not known which one is meant. -#}
{% macro only_item(array, path) -%}
    case when {{ json_value(array, [1]) }} is null then {{ json_value(array, [0] + path) }} end
{%- endmacro %}

{#- The value of one of the parameters in a JSON array of {key, value: {string_value, int_value, float_value, double_value}}, as text;
    null without. -#}
{% macro event_parameter(parameters, key) -%}
    {{ adapter.dispatch('event_parameter')(parameters, key) }}
{%- endmacro %}

{% macro duckdb__event_parameter(parameters, key) -%}
    {%- set values = '{"string_value": "VARCHAR", "int_value": "VARCHAR", "float_value": "VARCHAR", "double_value": "VARCHAR"}' -%}
    list_transform(
        list_filter(
            from_json(
                case when json_valid({{ parameters }}) then {{ parameters }} end,
                {{ literal('[{"key": "VARCHAR", "value": ' ~ values ~ '}]') }}
            ),
            lambda parameter: parameter.key = {{ literal(key) }}
        ),
        lambda parameter: coalesce(
            parameter.value.string_value, parameter.value.int_value, parameter.value.float_value, parameter.value.double_value
        )
    )[1]
{%- endmacro %}

{% macro spark__event_parameter(parameters, key) -%}
    {%- set values = 'struct<string_value: string, int_value: string, float_value: string, double_value: string>' -%}
    {%- set parameters_type = literal('array<struct<key: string, value: ' ~ values ~ '>>') -%}
    get(
        transform(
            filter(
                from_json({{ parameters }}, {{ parameters_type }}),
                parameter -> parameter.key = {{ literal(key) }}
            ),
            parameter -> coalesce(
                parameter.value.string_value, parameter.value.int_value, parameter.value.float_value, parameter.value.double_value
            )
        ),
        0
    )
{%- endmacro %}
