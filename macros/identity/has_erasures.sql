{#- Whether any shop brings the table erasures: without it nothing is looked for, nothing is slower. -#}
{% macro has_erasures() %}
    {% if execute %}
        {% for shop in shops_with('erasures') if raw_files(shop, 'erasures', shop_files(shop)) %}
            {% if not env_var('PATRONAGE_SALT', '') %}
                {{ exceptions.raise_compiler_error(
                    "erasures need a salt: set PATRONAGE_SALT (any long secret, always the same), or run "
                    ~ "`patronage build`, which keeps one"
                ) }}
            {% endif %}
            {{ return(true) }}
        {% endfor %}
    {% endif %}
    {{ return(false) }}
{% endmacro %}

{#- Those of `tables` in which somebody who asked to be erased is looked for; where nobody did, the first one alone, of
    which then no row is read: it gives the columns. While dbt parses it sees all. -#}
{% macro searched_tables(tables) %}
    {{ return(tables if not execute or has_erasures() else tables[:1]) }}
{% endmacro %}
