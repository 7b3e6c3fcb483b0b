{#- The salt of hashed addresses (PATRONAGE_SALT; empty: none) as an expression that does not hold it.

    So no SQL that dbt writes, no log and no view knows it. Without the session's setting the query fails: hashes of
    another salt would be other people's keys. -#}
{% macro salt() %}
    {{ return(adapter.dispatch('salt')()) }}
{% endmacro %}

{#- patronage.engine sets the variable for each connection. -#}
{% macro duckdb__salt() -%}
    coalesce(cast(getvariable('patronage_salt') as varchar), error('no salt: this was not run by dbt'))
{%- endmacro %}

{#- The session replaces the name before it reads the query (spark.sql.variable.substitute); of a name that it does not know
    nothing is left, so the salt stands behind a word. -#}
{% macro spark__salt() -%}
    (case
        when startswith('${spark.patronage.salt}', 'salt:') then substr('${spark.patronage.salt}', 6)
        else raise_error('no salt: the session has not the settings of profiles.yml')
    end)
{%- endmacro %}
