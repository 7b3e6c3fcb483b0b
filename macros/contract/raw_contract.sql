{#- The raw contract, from models/staging/contract.yml, which explains its words: a map of each table to its rules.

    dbt knows no sources while it parses: then the tables are there, but without rules or columns. -#}
{% macro raw_contract() %}
    {% set contract = {} %}
    {% for table in var('systems').files %}
        {% set rules = {'key': [], 'required': [], 'whose': [], 'columns': {}, 'dates': {}, 'on_erasure': {}} %}
        {% if execute %}
            {% set source = graph.sources['source.patronage.raw.' ~ table] %}
            {% do rules.update(source.config.meta) %}
            {% for column, settings in source.columns.items() %}
                {% set meta = settings.config.meta %}
                {% do rules.columns.update({column: meta.kind}) %}
                {% do rules.dates.update({column: meta.date}) if meta.date %}
                {% do rules.on_erasure.update({column: meta.on_erasure}) if meta.on_erasure %}
            {% endfor %}
        {% endif %}
        {% do contract.update({table: rules}) %}
    {% endfor %}
    {{ return(contract) }}
{% endmacro %}
