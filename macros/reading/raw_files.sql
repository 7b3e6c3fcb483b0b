{#- The raw files of one table of a shop: a list of {path, name, format, partitions}.

    A table is <table>.csv, <table>.parquet, or all CSV and Parquet files below <table>/; hidden files
    (. and _, but for _loaded_at=…/) are no data. `name` is the path below the shop's folder, `partitions` the names of its hive
    folders (country=DE/). `listed` is what list_files says of the shop's folder. -#}
{% macro raw_files(shop, table, listed) %}
    {% set found = [] %}
    {% set forms = [] %}
    {% set odd = control_signs() ~ '|[^/]{201}|["`\'][^/=]*=' %}
    {% for path in listed %}
        {% set name = path[(path.index(shop.path) + (shop.path | length)):].lstrip('/') %}
        {% set place = name.split('/')[0] %}
        {% set format = name.split('.')[-1] | lower %}
        {% set is_ours = place == table or name == table ~ '.' ~ name.split('.')[-1] %}
        {% if is_ours and format in ('csv', 'parquet')
            and not modules.re.search('(^|/)([.]|_(?![^/=]*=))', name) %}
            {% set partitions = modules.re.findall('([^/=]+)=[^/]*/', name | lower) | unique | list %}
            {% do check_file_name(shop, name, partitions) if modules.re.search(odd, name) %}
            {% do found.append({'path': path, 'name': name, 'format': format, 'partitions': partitions}) %}
            {% do forms.append(place) if place not in forms %}
        {% endif %}
    {% endfor %}
    {% if found | length > number_var('max_files', 1) %}
        {{ exceptions.raise_compiler_error(
            shop.path ~ ": table " ~ table ~ " has " ~ (found | length) ~ " files, more than " ~ var('max_files')
            ~ " (var max_files); join them"
        ) }}
    {% endif %}
    {% if forms | length > 1 %}
        {{ exceptions.raise_compiler_error(
            shop.path ~ ": table " ~ table ~ " is there more than once (" ~ (forms | join(', '))
            ~ "); keep one"
        ) }}
    {% endif %}
    {{ return(found) }}
{% endmacro %}

{#- Refuses a file whose name, or a folder's above it, cannot be shown, or names a column that cannot be. -#}
{% macro check_file_name(shop, name, partitions) %}
    {% for part in name.split('/') %}
        {% do check_name(shop.path ~ ": the file or folder name", part, quotes=false) %}
    {% endfor %}
    {% for partition in partitions %}
        {% do check_name(shop.path ~ ": the folder column", partition) %}
    {% endfor %}
{% endmacro %}
