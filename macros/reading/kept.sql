{#- What a macro has found out about the raw files earlier in this run, by a name of one's own; none where nobody has. All models are
    so of the files as they lay there when they were first looked at; whether they changed since, check_unchanged finds out. -#}
{% macro kept(name) %}
    {{ return(graph.get('kept of ' ~ invocation_id, {}).get(name)) }}
{% endmacro %}

{#- Keeps what was found out under a name, for the rest of the run, and returns it. -#}
{% macro keep(name, found) %}
    {#- the graph is shared by all models, and by runs of one process, too -#}
    {% do graph.setdefault('kept of ' ~ invocation_id, {}).update({name: found}) if execute %}
    {{ return(found) }}
{% endmacro %}

{#- What was kept is kept no longer: there is more to be found out. -#}
{% macro forget() %}
    {% do graph.update({'kept of ' ~ invocation_id: {}}) %}
{% endmacro %}
