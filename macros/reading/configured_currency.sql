{#- The currency to report in, as the settings name it, else the first source that says or tells one; none: neither does. -#}
{% macro configured_currency() %}
    {% set currency = setting('reporting_currency', 'PATRONAGE_CURRENCY') %}
    {% if execute and not currency %}
        {% set currency = shops() | map(attribute='reporting_currency') | select | first %}
    {% endif %}
    {{ return(currency) }}
{% endmacro %}
