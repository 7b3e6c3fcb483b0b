{#- The raw files of one table of a shop: a list of {path, name, format, partitions}.

    A table is <table>.csv, <table>.parquet, or all CSV and Parquet files below <table>/; hidden files
    (. and _, but for _loaded_at=…/) are no data. `name` is the path below the shop's folder, `partitions` the names of its hive
    folders (country=DE/). `listed` is what list_files says of the shop's folder. -#}
{% macro raw_files(shop, table, listed) %}
    {% set found = [] %}
    {% set forms = [] %}
    {% for path in listed %}
        {% set name = path[(path.index(shop.path) + (shop.path | length)):].lstrip('/') %}
        {% set parts = name.split('/') %}
        {% set format = name.split('.')[-1] | lower %}
        {% set is_ours = parts[0] == table or name == table ~ '.' ~ name.split('.')[-1] %}
        {% set is_hidden = modules.re.search('(^|/)([.]|_(?![^/=]*=))', name) %}
        {% if is_ours and format in ('csv', 'parquet') and not is_hidden %}
            {% do found.append({
                'path': path,
                'name': name,
                'format': format,
                'partitions': modules.re.findall('([^/=]+)=[^/]*/', name | lower) | unique | list,
            }) %}
            {% do forms.append(parts[0]) if parts[0] not in forms %}
        {% endif %}
    {% endfor %}
    {% if forms | length > 1 %}
        {{ exceptions.raise_compiler_error(
            shop.path ~ ": table " ~ table ~ " is there more than once (" ~ (forms | join(', '))
            ~ "); keep one"
        ) }}
    {% endif %}
    {{ return(found) }}
{% endmacro %}
