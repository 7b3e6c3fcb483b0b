{#- Whether the rules of audiences are SQL conditions on what is known of a customer: a line in `faults` for each that is not.

    A rule is its shop's own SQL. What it may name are the columns of customer_profile and the moments. -#}
{% macro check_rules(faults) %}
    {% set known = rule_columns() %}
    {#- a project without audiences of its own (disabled, or another's) has none to check -#}
    {% for audience in audiences() if known %}
        {% set where = "audience " ~ audience.name ~ ": its rule " %}
        {% set bare = modules.re.sub("'[^']*'", "''", audience.rule) %}
        {% set unknown = [] %}
        {% for name in modules.re.findall('(?<![A-Za-z0-9_.])[A-Za-z_][A-Za-z0-9_]*\\b(?! *[(])', bare) %}
            {% do unknown.append(name) if name | lower not in known and name | lower not in rule_words() %}
        {% endfor %}
        {% set fault = sql_fault('select 1 where (' ~ audience.rule ~ '\n)') %}
        {% set no_query = modules.re.sub('(?i)\\bdistinct\\s+from\\b', '=', bare) %}
        {% set fickle = modules.re.findall('(?i)\\b(' ~ fickle_functions() | join('|') ~ ') *[(]', bare) %}
        {% if ';' in bare or '--' in bare or '/*' in bare or modules.re.search('(?i)\\b(select|from)\\b', no_query) %}
            {% do complain(where ~ "must be one condition, without a query, a comment or a semicolon in it", faults) %}
        {% elif fickle %}
            {% do complain(
                where ~ "calls " ~ (fickle | unique | join(', ')) ~ ": the same customer has to be in it each time, by what is known of them",
                faults
            ) %}
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
    {% for node in graph.nodes.values()
        if node.package_name == 'patronage' and node.resource_type == 'model' and node.name in ('customer_profile', 'int_moments') %}
        {% do names.extend(node.columns | list) %}
    {% endfor %}
    {% do names.extend(profile_extension().columns) if names %}
    {{ return(names) }}
{% endmacro %}

{#- Words of SQL in conditions, beside functions (which stand before a bracket). -#}
{% macro rule_words() %}
    {{ return((
        'and or not in is null true false between like ilike rlike escape case when then else end as distinct from interval '
        'day days month months year years date timestamp string varchar text int integer bigint double float decimal boolean any all'
    ).split(' ')) }}
{% endmacro %}

{#- Functions of the clock, of chance, of the machine or of many rows: by none of them is somebody in an audience. -#}
{% macro fickle_functions() %}
    {{ return((
        'now today random rand randn uuid gen_random_uuid shuffle current_date current_timestamp current_time localtime localtimestamp '
        'get_current_timestamp transaction_timestamp unix_timestamp age getenv getvariable current_setting error read_[a-z_]+ glob '
        'query query_table nextval currval count sum avg row_number rank over unnest explode'
    ).split(' ')) }}
{% endmacro %}
