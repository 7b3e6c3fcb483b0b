{#- The source entries in force, each a dict with name, system, path, timezone, naive_times, reporting_currency,
    ids_of.

    --vars beats the environment, which beats dbt_project.yml; the environment describes a whole shop of its
    own, so nothing of dbt_project.yml's entries leaks into it. Instead of a path an entry may have a schema of
    tables in the warehouse's own database, or what to attach: postgres:…, mysql:…, sqlite:… or a DuckDB file. With `system`, only that system's entries. -#}
{% macro shops(system=none) %}
    {% set chosen = kept('shops') %}
    {% if chosen is none %}
        {% set chosen = keep('shops', shops_given()) %}
    {% endif %}
    {{ return(chosen if system is none else chosen | selectattr('system', 'eq', system) | list) }}
{% endmacro %}

{#- The entries of all sources, looked at and completed. -#}
{% macro shops_given() %}
    {% set given = invocation_args_dict.get('vars') or {} %}
    {% if given.get('sources') is none and env_var('PATRONAGE_DATA', '') %}
        {% set name = env_var('PATRONAGE_SYSTEM', '') or 'files' %}
        {% set entries = [{
            'name': name,
            'system': name,
            'path': env_var('PATRONAGE_DATA'),
            'timezone': env_var('PATRONAGE_TIMEZONE', ''),
            'naive_times': env_var('PATRONAGE_TIMES', ''),
        }] %}
    {% else %}
        {% set entries = var('sources') %}
    {% endif %}
    {% if entries is string or entries is mapping or entries is not iterable or not entries %}
        {{ exceptions.raise_compiler_error(
            "sources: expected a list of {name, system, path, timezone}"
        ) }}
    {% endif %}
    {% set chosen = [] %}
    {% for entry in entries %}
        {% if entry is not mapping or not entry.get('name') or not (entry.get('path') or entry.get('schema') or entry.get('attach')) %}
            {{ exceptions.raise_compiler_error(
                "sources: every entry needs a name, and a path, a schema or what to attach, got " ~ entry
            ) }}
        {% endif %}
        {% set attach = entry.get('attach') %}
        {% set shop = {
            'name': entry.name | string,
            'system': entry.get('system') or 'files',
            'path': (attach or entry.schema) | string if attach or entry.get('schema')
                else full_path((entry.path | string).rstrip('/') or '/'),
            'timezone': entry.get('timezone') or 'UTC',
            'naive_times': entry.get('naive_times') or 'utc',
            'reporting_currency': entry.get('reporting_currency'),
            'ids_of': entry.get('ids_of'),
            'schema': 'tables' if attach else entry.get('schema'),
            'attach': attach,
        } %}
        {% for key in entry if key not in shop %}
            {{ exceptions.raise_compiler_error(
                "sources: unknown setting " ~ shown(key) ~ " of source " ~ shown(shop.name) ~ "; known are "
                ~ (shop | join(', '))
            ) }}
        {% endfor %}
        {% if not modules.re.fullmatch('[A-Za-z0-9][A-Za-z0-9_-]*', shop.name) %}
            {{ exceptions.raise_compiler_error(
                "source " ~ shown(shop.name) ~ ": a name has letters, digits, _ and - only"
            ) }}
        {% endif %}
        {% if modules.re.search(control_signs(), shop.path) %}
            {{ exceptions.raise_compiler_error(
                "source " ~ shown(shop.name) ~ ": the folder " ~ shown(shop.path) ~ " has control signs"
            ) }}
        {% endif %}
        {#- where the copy of an attached database is (macro attach_shop), and what of it is copied -#}
        {% do shop.update({'database': 'attached ' ~ shop.name, 'from_schema': entry.get('schema')}) if attach %}
        {% for setting in ('timezone', 'reporting_currency') if not entry.get(setting) %}
            {% do shop.update({setting: told_setting(shop, setting) or shop[setting]}) %}
        {% endfor %}
        {% do chosen.append(shop) %}
    {% endfor %}
    {{ return(chosen) }}
{% endmacro %}
