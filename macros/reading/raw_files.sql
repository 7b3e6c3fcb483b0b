{#- The raw files of one table of a shop: a list of {path, name, format, delim, encoding, is_packed,
    partitions}.

    A table is <table>.csv (.csv.gz, .tsv, .parquet, .jsonl, .xlsx, the ending in any case), or all such files below <table>/; those of a
    system's table are all whose name is as its YAML says (macro system_tables). Hidden files (. and _, but for _loaded_at=…/) are
    no data. `name` is the path below the shop's folder, `partitions` the names of its hive folders (country=DE/). `listed` is
    what list_files says of the shop's folder, `faults` a list for what is wrong. -#}
{% macro raw_files(shop, table, listed, faults=none) %}
    {% set own = system_tables(shop.system).get(table) %}
    {% set found = [] %}
    {% set forms = [] %}
    {% set odd = control_signs() ~ '|[^/]{201}|["`\'][^/=]*=' %}
    {% for path in listed %}
        {% set name = name_in_folder(shop, path) %}
        {% set place = name.split('/')[0] %}
        {% set form = {'ending': 'table', 'format': 'table', 'delim': none, 'is_packed': false} if shop.schema
            else file_form(name) %}
        {% set stem = place if '/' in name else name[:-(form.ending | length) - 1] if form %}
        {% if form and (stem == table or own and modules.re.fullmatch('(?i)' ~ own.files, stem))
            and not modules.re.search('(^|/)([.]|_(?![^/=]*=))', name) %}
            {% set partitions = modules.re.findall('([^/=]+)=[^/]*/', name | lower) | unique | list %}
            {% set is_named = not modules.re.search(odd, name) or check_file_name(shop, name, partitions, faults) %}
            {% set is_read = is_named and (form.format != 'xlsx' or reads_workbooks()) %}
            {#- alone it is no file of the table; among others it must not be left out without a word -#}
            {% do complain(path ~ ": " ~ way_to_workbook(stem), faults) if is_named and not is_read and ('/' in name or own) %}
            {% do found.append({
                'path': path, 'name': name, 'format': form.format,
                'delim': own.delimiter or form.delim if own and form.format == 'csv' else form.delim,
                'encoding': own.encoding if own and form.format == 'csv' else 'utf-8',
                'is_packed': form.is_packed, 'partitions': partitions,
            }) if is_read %}
            {% do forms.append(place) if is_read and place not in forms %}
        {% endif %}
    {% endfor %}
    {% if found | length > number_var('max_files', 1) %}
        {% do complain(
            shop.path ~ ": table " ~ table ~ " has " ~ (found | length) ~ " files, more than " ~ var('max_files')
            ~ " (var max_files); join them", faults
        ) %}
    {% endif %}
    {% if forms | length > 1 and not own %}
        {% do complain(
            shop.path ~ ": table " ~ table ~ " is there more than once (" ~ (forms | join(', ')) ~ "); keep one", faults
        ) %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}

{#- A file's path below its shop's folder. -#}
{% macro name_in_folder(shop, path) %}
    {{ return(path[(path.index(shop.path) + (shop.path | length)):].lstrip('/')) }}
{% endmacro %}

{#- How a file of this name is read, by its ending: {ending (as it stands there), format, delim, is_packed}; none if it is not. -#}
{% macro file_form(name) %}
    {% set ending = modules.re.search('(?i)[.]((?:csv|tsv|jsonl|ndjson)(?:[.]gz)?|parquet|xlsx)$', name) %}
    {% if ending %}
        {% set kind = ending.group(1) | lower %}
        {{ return({
            'ending': ending.group(1),
            'format': kind if kind in ('parquet', 'xlsx') else 'json' if 'json' in kind else 'csv',
            'delim': '\t' if kind.startswith('tsv') else ',',
            'is_packed': kind.endswith('gz'),
        }) }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}

{#- Whether a file's name, and each folder's above it, can be shown, and no column that one names has a name that cannot be (`faults`: macro
    complain). -#}
{% macro check_file_name(shop, name, partitions, faults=none) %}
    {% set sound = [] %}
    {% for part in name.split('/') %}
        {% do sound.append(check_name(shop.path ~ ": the file or folder name", part, false, faults)) %}
    {% endfor %}
    {% for partition in partitions %}
        {% do sound.append(check_name(shop.path ~ ": the folder column", partition, true, faults)) %}
    {% endfor %}
    {{ return(sound | min) }}
{% endmacro %}
