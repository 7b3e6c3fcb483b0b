{#- The raw contract, from models/staging/contract.yml, which explains its words: a map of each table to its rules.

    dbt knows no sources while it parses: then the tables are there, but without rules or columns. -#}
{% macro raw_contract() %}
    {% set before = kept('contract') %}
    {% if before is not none %}
        {{ return(before) }}
    {% endif %}
    {% set contract = {} %}
    {% set by_column = ['on_erasure', 'values', 'at_least', 'at_most', 'is_plan', 'default'] %}
    {% for table in var('systems').files %}
        {% set rules = {'key': [], 'required': [], 'whose': [], 'columns': {}, 'dates': {}, 'hours': {}, 'derived': {}} %}
        {% for rule in by_column %}
            {% do rules.update({rule: {}}) %}
        {% endfor %}
        {% if execute %}
            {% set source = graph.sources['source.patronage.raw.' ~ table] %}
            {% do rules.update(source.config.meta) %}
            {% for column, settings in source.columns.items() %}
                {% set meta = settings.config.meta %}
                {% do rules.columns.update({column: meta.kind}) %}
                {% for part, type in {'date': 'date', 'hour': 'bigint'}.items() if part in meta %}
                    {% do rules[part ~ 's'].update({column: meta[part]}) %}
                    {% do rules.derived.update({meta[part]: type}) %}
                {% endfor %}
                {% for rule in by_column if rule in meta %}
                    {% do rules[rule].update({column: meta[rule]}) %}
                {% endfor %}
            {% endfor %}
        {% endif %}
        {% do contract.update({table: rules}) %}
    {% endfor %}
    {{ return(keep('contract', contract)) }}
{% endmacro %}
