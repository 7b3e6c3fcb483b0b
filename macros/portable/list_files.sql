{#- All files below a folder, as paths that start with the folder's, in order. -#}
{% macro list_files(folder) %}
    {{ return(adapter.dispatch('list_files')(folder)) }}
{% endmacro %}

{% macro duckdb__list_files(folder) %}
    {% if '://' in folder and not reads_stores() %}
        {{ return([]) }}
    {% endif %}
    {#- the second pattern also looks into a table's folder that is a link -#}
    {% set root = as_pattern(folder.rstrip('/')) %}
    {% set files = run_query(
        "select file from glob(" ~ literal(root ~ '/*') ~ ") union select file from glob(" ~ literal(root ~ '/*/**')
        ~ ") order by file"
    ) %}
    {{ return(files.columns[0].values() | list) }}
{% endmacro %}

{#- A path for a file function of DuckDB, in which the signs of patterns stand for themselves. -#}
{% macro as_pattern(path) %}
    {{ return(modules.re.sub('([][*?])', '[\\1]', path)) }}
{% endmacro %}

{#- Paths as a list of literals for a file function of DuckDB. -#}
{% macro literal_paths(paths) %}
    {#- all at once, as there may be thousands: no path holds the sign between them -#}
    {{ return('[' ~ literal(as_pattern(paths | join('\x00'))) | replace('\x00', "', '") ~ ']') }}
{% endmacro %}

{% macro spark__list_files(folder) %}
    {% set root = folder.rstrip('/') %}
    {% set files = run_query(
        "select path from binaryFile." ~ file_pattern([root]) ~ " with ('recursiveFileLookup' = 'true')"
    ).columns[0].values() %}
    {% set paths = [] %}
    {% for path in files %}
        {% do paths.append(root ~ path[(path.index(root) + (root | length)):]) %}
    {% endfor %}
    {{ return(paths | sort(case_sensitive=true)) }}
{% endmacro %}

{#- Paths as one quoted name that Spark reads as a pattern; signs of patterns in them stand for themselves. -#}
{% macro file_pattern(paths) %}
    {% set escaped = [] %}
    {% for path in paths %}
        {% do escaped.append(modules.re.sub('([][{}*?,\\\\])', '\\\\\\1', path)) %}
    {% endfor %}
    {#- a path must not begin with a brace: what all have in common stands before it -#}
    {% set shared = namespace(length=0) %}
    {% if escaped | length > 1 %}
        {% for part in escaped[0].split('/')[:-1] %}
            {% set length = shared.length + (part | length) + 1 %}
            {% set others = escaped | select('ne', escaped[0]) | map('truncate', length, true, '', 0) | unique | list %}
            {% if others == [escaped[0][:length]] %}
                {% set shared.length = length %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% set ends = [] %}
    {% for path in escaped %}
        {% do ends.append(path[shared.length:]) %}
    {% endfor %}
    {{ return(quoted(
        escaped[0][:shared.length] ~ (ends[0] if ends | length == 1 else '{' ~ (ends | join(',')) ~ '}')
    )) }}
{% endmacro %}
