{#- Whether the rules of audiences are SQL conditions on what is known of a customer: a line in `faults` for each that is not.

    A rule is its shop's own SQL. What it may name are the columns of customer_profile and the moments. -#}
{% macro check_rules(faults) %}
    {% set known = rule_columns() %}
    {% for audience in audiences() %}
        {% set where = "audience " ~ audience.name ~ ": its rule " %}
        {% set bare = modules.re.sub("'[^']*'", "''", audience.rule) %}
        {% set unknown = [] %}
        {% for name in modules.re.findall('(?<![A-Za-z0-9_.])[A-Za-z_][A-Za-z0-9_]*\\b(?! *[(])', bare) %}
            {% do unknown.append(name) if name | lower not in known and name | lower not in rule_words() %}
        {% endfor %}
        {% set fault = sql_fault('select 1 where (' ~ audience.rule ~ '\n)') %}
        {% if ';' in bare or '--' in bare or '/*' in bare or modules.re.search('(?i)\\bselect\\b', bare) %}
            {% do complain(where ~ "must be one condition, without a query, a comment or a semicolon in it", faults) %}
        {% elif unknown %}
            {% do complain(
                where ~ "names " ~ (unknown | unique | join(', ')) ~ ": no column of customer_profile, and no moment", faults
            ) %}
        {% elif fault %}
            {% do complain(where ~ "is no SQL condition: " ~ shown(fault), faults) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{#- What a rule may name: the documented columns of the profile and of the moments. -#}
{% macro rule_columns() %}
    {% set names = [] %}
    {% for model in ['customer_profile', 'int_moments'] %}
        {% do names.extend(graph.nodes['model.' ~ project_name ~ '.' ~ model].columns | list) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}

{#- Words of SQL in conditions, beside functions (which stand before a bracket). -#}
{% macro rule_words() %}
    {{ return((
        'and or not in is null true false between like ilike rlike escape case when then else end as distinct from interval '
        'day days month months year years date timestamp string varchar text int integer bigint double float decimal boolean any all'
    ).split(' ')) }}
{% endmacro %}
