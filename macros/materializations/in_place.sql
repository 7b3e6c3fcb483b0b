{#- Tables and views on DuckDB, written under their own names in one transaction, so that a failure leaves the old one.

    dbt's own way (write under another name, rename, drop the old one) is for engines that cannot; it takes half a dozen
    statements where one or two do, and a small shop's build is hundreds of small statements. -#}
{% materialization table, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {% do write_in_place(create_table_as(false, target_relation, sql)) %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {% do write_in_place(create_view_as(target_relation, sql)) %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Runs a statement in the place of what the model's name stands for so far. -#}
{% macro write_in_place(statement_sql) %}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        {% if existing is not none %}{{ get_drop_sql(existing) }};{% endif %}
        {{ statement_sql }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
{% endmacro %}
