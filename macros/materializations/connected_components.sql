{#- Materializes a model of pairs (left_node, right_node) as the groups they join: node, component.

    Each round every component hooks itself to its smallest neighbour, chains of hooks are shortened, and
    pairs inside one component are dropped, until no pair is left. Components are numbered at random (by a
    hash), so the rounds needed grow with the logarithm of the longest chain, not with its length. `component`
    is the number of one of the group's nodes and means nothing beyond equality. -#}
{% materialization connected_components, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set pairs = api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__pairs', type='table'
    ) -%}
    {%- set scratch = api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__scratch', type='table'
    ) -%}
    {%- set hooks = api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__hooks', type='table'
    ) -%}

    {{ run_hooks(pre_hooks) }}
    {% do adapter.drop_relation(existing) if existing is not none %}
    {% for relation in (pairs, scratch, hooks) %}
        {% do adapter.drop_relation(relation) %}
    {% endfor %}

    {% do replace_table(scratch, sql) %}
    {% call statement('main') %}
        {{ create_table_as(false, target_relation, "
            select node, row_number() over (order by " ~ dbt.hash('node') ~ ", node) as component
            from (
                select left_node as node from " ~ scratch ~ "
                union
                select right_node as node from " ~ scratch ~ "
            ) as nodes
        ") }}
    {% endcall %}
    {% do replace_table(pairs, "
        select distinct lefts.component as left_component, rights.component as right_component
        from " ~ scratch ~ " as edges
        inner join " ~ target_relation ~ " as lefts on edges.left_node = lefts.node
        inner join " ~ target_relation ~ " as rights on edges.right_node = rights.node
    ") %}

    {% set state = namespace(is_done=false) %}
    {% for round in range(100) if not state.is_done %}
        {% if run_query('select count(*) from ' ~ pairs).columns[0].values()[0] == 0 %}
            {% set state.is_done = true %}
        {% else %}
            {% do replace_table(hooks, "
                select component, min(neighbour) as parent
                from (
                    select left_component as component, right_component as neighbour from " ~ pairs ~ "
                    union all
                    select right_component as component, left_component as neighbour from " ~ pairs ~ "
                ) as both_ways
                where neighbour < component
                group by component
            ") %}
            {% for jump in range(3) %}
                {% do replace_table(scratch, "
                    select hooks.component, coalesce(parents.parent, hooks.parent) as parent
                    from " ~ hooks ~ " as hooks
                    left join " ~ hooks ~ " as parents on hooks.parent = parents.component
                ") %}
                {% do replace_table(hooks, "select component, parent from " ~ scratch) %}
            {% endfor %}
            {% do replace_table(scratch, "
                select nodes.node, coalesce(hooks.parent, nodes.component) as component
                from " ~ target_relation ~ " as nodes
                left join " ~ hooks ~ " as hooks on nodes.component = hooks.component
            ") %}
            {% do replace_table(target_relation, "select node, component from " ~ scratch) %}
            {% do replace_table(scratch, "
                select distinct
                    coalesce(lefts.parent, pairs.left_component) as left_component,
                    coalesce(rights.parent, pairs.right_component) as right_component
                from " ~ pairs ~ " as pairs
                left join " ~ hooks ~ " as lefts on pairs.left_component = lefts.component
                left join " ~ hooks ~ " as rights on pairs.right_component = rights.component
            ") %}
            {% do replace_table(pairs, "
                select left_component, right_component from " ~ scratch ~ "
                where left_component <> right_component
            ") %}
        {% endif %}
    {% endfor %}

    {% for relation in (pairs, scratch, hooks) %}
        {% do adapter.drop_relation(relation) %}
    {% endfor %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro replace_table(relation, sql) %}
    {% do adapter.drop_relation(relation) %}
    {% do run_query(create_table_as(false, relation, sql)) %}
{% endmacro %}
