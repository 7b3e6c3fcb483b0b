{#- Runs before anything is built: refuses settings and raw files that cannot give a warehouse, all at once, a line each.

    Every source needs a known system and time zone, a folder, the tables and columns its system requires,
    and files whose columns are clear. Only of files without such a fault the rows are looked at. Columns that the
    contract does not know, and files that look like a table but are not read as one, are named in the log. -#}
{% macro check_sources() %}
    {% do check_project() %}
    {% set is_first = not env_var('PATRONAGE_FILES_CHECKED', '') %}
    {% set attached = [] %}
    {% do check_session() if execute %}
    {% for shop in shops() if execute %}
        {% if shop.attach %}
            {% do attach_shop(shop, attached, none if is_first else 0) %}
        {% elif '://' in shop.path and not reads_stores() %}
            {% do complain(
                "source " ~ shown(shop.name) ~ ": to read " ~ shop.path ~ " a package is needed: pip install 'patronage[s3]'", attached
            ) %}
        {% endif %}
    {% endfor %}
    {% do raise_faults(attached) %}
    {% do forget() if execute %}
    {#- `patronage build` runs dbt twice on the same files: they are read once -#}
    {% if execute and is_first %}
        {% do remember_files(raw_paths()) %}
        {% set faults = [] %}
        {% set relations = [] %}
        {% set seen = [] %}
        {% for shop in shops() %}
            {% do complain("source " ~ shown(shop.name) ~ ": the name is used twice", faults) if shop.name | lower in seen %}
            {% do seen.append(shop.name | lower) %}
            {% set others = shops() | selectattr('name', 'eq', shop.ids_of) | rejectattr('name', 'eq', shop.name) | list %}
            {% if shop.ids_of and not others %}
                {% do complain("source " ~ shown(shop.name) ~ ": ids_of names no other source: " ~ shown(shop.ids_of), faults) %}
            {% elif shop.ids_of and others[0].ids_of %}
                {% do complain(
                    "source " ~ shown(shop.name) ~ ": ids_of names " ~ shown(shop.ids_of)
                    ~ ", whose own ids are those of " ~ shown(others[0].ids_of) ~ ": name that one", faults
                ) %}
            {% endif %}
            {% do relations.extend(check_shop(shop, faults)) %}
        {% endfor %}
        {% do check_as_of(faults) %}
        {% do check_currency(faults) %}
        {% do check_rules(faults) %}
        {% do raise_faults(faults) %}
        {% for relation in relations %}
            {% set fault = csv_fault(relation.group) if relation.group.format == 'csv'
                else xlsx_fault(relation.group) if relation.group.format == 'xlsx'
                else parquet_fault(relation.group) if relation.group.format == 'parquet' else relation.group.faults | first %}
            {% do faults.append(fault ~ (' (save the file as CSV UTF-8)' if 'nvalid unicode' in fault else '')) if fault %}
        {% endfor %}
        {% do raise_faults(faults) %}
    {% endif %}
    {% do lock_engine(shops()) if execute %}
{% endmacro %}

{#- The relations of a shop's raw files (raw_relations), whose rows are not looked at yet; what is wrong goes into `faults`. -#}
{% macro check_shop(shop, faults) %}
    {% set where = "source " ~ shown(shop.name) ~ ": " %}
    {% set systems = var('systems') %}
    {% set relations = [] %}
    {% if not known_timezone(shop.timezone) %}
        {% do complain(
            where ~ "unknown timezone " ~ shown(shop.timezone)
            ~ " (expected the name of a place like Europe/Berlin, or UTC)", faults
        ) %}
    {% endif %}
    {% if shop.naive_times not in ('utc', 'local') %}
        {% do complain(
            where ~ "unknown naive_times " ~ shown(shop.naive_times)
            ~ " (expected utc or local: what a time without offset is)", faults
        ) %}
    {% endif %}
    {% set listed = shop_files(shop) %}
    {% if shop.system not in systems %}
        {% do complain(
            where ~ "unknown system " ~ shown(shop.system) ~ "; known are " ~ (systems | join(', ')), faults
        ) %}
    {% elif not listed %}
        {% do complain(
            where ~ ("no tables in the schema " if shop.schema else "no files in the folder ") ~ shop.path, faults
        ) %}
    {% else %}
        {% set contract = raw_contract() %}
        {% set own = system_tables(shop.system) %}
        {% set tables = shops_tables(shop) %}
        {% set required = required_tables(shop) %}
        {% set files = {} %}
        {% set unclear = [] %}
        {% set before = faults | length %}
        {% for table in tables %}
            {% set known_faults = faults | length %}
            {% set found = raw_files(shop, table, listed, faults) %}
            {% do unclear.append(table) if faults | length > known_faults %}
            {% do files.update({table: found if table not in unclear else []}) %}
        {% endfor %}
        {% if tables and not required and not unclear and (own or shop.system == 'files') and not (own or contract).keys() | select('in', present_tables(files)) | list %}
            {% do complain(
                shop.path ~ ": no file of the system " ~ shop.system ~ " (one of " ~ ((own or contract) | join(', ')) ~ ")", faults
            ) %}
        {% endif %}
        {% set near = near_files(shop, listed, files) %}
        {% set heads = raw_heads(files.values() | sum(start=[])) %}
        {% for table in tables if table not in unclear %}
            {% if not files[table] and table in required %}
                {% do complain(missing_table(shop, table, listed, near), faults) %}
            {% else %}
                {% do name_near_files(shop, table, near) %}
            {% endif %}
            {% set found = raw_relations(shop, table, files[table], heads, faults) %}
            {% if table in own %}
                {% do check_table(shop, table, own[table].needed, found, faults) %}
            {% else %}
                {% do check_table(shop, table, contract[table].required, found, faults, contract[table].columns | list) %}
            {% endif %}
            {% do check_cells(shop, found, own[table].known if table in own else contract[table].columns | list, faults) %}
            {% do relations.extend(found) %}
        {% endfor %}
        {% set meant = system_meant(shop, listed) if faults | length > before and not unclear %}
        {% if meant %}
            {#- then all else that is wrong is so because of this -#}
            {% for fault in faults[before:] %}
                {% do faults.pop() %}
            {% endfor %}
            {% do complain(
                shop.path ~ ": these are files of the system " ~ meant ~ ", not of " ~ shop.system
                ~ ": name that one (PATRONAGE_SYSTEM, or system in the var sources)", faults
            ) %}
        {% endif %}
    {% endif %}
    {{ return(relations) }}
{% endmacro %}

{#- The raw tables without which a shop cannot be read; what stands beside another source (ids_of) needs no orders. -#}
{% macro required_tables(shop) %}
    {% set required = ['orders'] if shop.system == 'files' and not shop.ids_of else [] %}
    {% for table, own in system_tables(shop.system).items() if not own.is_optional %}
        {% do required.append(table) %}
    {% endfor %}
    {{ return(required) }}
{% endmacro %}

{#- That a table is not there, which files are, and which of them may be it (macro near_files). -#}
{% macro missing_table(shop, table, listed, near) %}
    {% set names = [] %}
    {% for path in listed[:20] %}
        {% do names.append(shown(name_in_folder(shop, path))) %}
    {% endfor %}
    {% set hints = [] %}
    {% for meant, line in near if meant == table %}
        {% do hints.append(line) %}
    {% endfor %}
    {{ return(
        shop.path ~ ": required table " ~ table ~ " is missing (" ~ table ~ ".csv, .csv.gz, .tsv, .parquet or a folder " ~ table
        ~ "/); there are " ~ (names | join(', ')) ~ (' and ' ~ (listed | length - 20) ~ ' more' if listed | length > 20 else '')
        ~ ("; did you mean " ~ (hints[:5] | join('; ')) if hints else '')
    ) }}
{% endmacro %}

{#- Names in the log the files that may be a table's (macro near_files) but are not read as such. -#}
{% macro name_near_files(shop, table, near) %}
    {% set lines = near | selectattr(0, 'eq', table) | map(attribute=1) | list %}
    {% for line in lines[:10] %}
        {% do log(shop.name ~ "/" ~ line ~ " (it is not read; did you mean the table " ~ table ~ "?)", true) %}
    {% endfor %}
    {% do log(
        shop.name ~ ": " ~ (lines | length - 10) ~ " more files are not read that may be of the table " ~ table, true
    ) if lines | length > 10 %}
{% endmacro %}

{#- Whether a table's files have the columns that it needs, a system's by plain names; those that the contract, of whose table all
    columns are `known`, does not know are named in the log. -#}
{% macro check_table(shop, table, required, relations, faults, known=none) %}
    {% for relation in relations %}
        {% set where = shop.path ~ "/" ~ relation.name ~ ": " %}
        {% set names = relation.columns | list if known else plain_names(relation.columns) %}
        {% set missing = required | reject('in', names) | list %}
        {% set extra = relation.columns | reject('in', known or relation.columns) | list %}
        {% set wanted = (known or required) | reject('in', relation.columns) | list %}
        {% set divider = other_divider(relation.columns | list, relation.group.format, relation.group.delim) if missing else none %}
        {% if divider %}
            {% do complain(where ~ divided_by(divider), faults) %}
        {% elif missing %}
            {% do complain(
                where ~ "required column" ~ ('s ' if missing | length > 1 else ' ') ~ (missing | join(', '))
                ~ (' are' if missing | length > 1 else ' is') ~ " missing (found: "
                ~ (names_with_meaning(relation.columns | list, missing, table)) ~ ")", faults
            ) %}
        {% elif extra %}
            {% do log(
                shop.name ~ "/" ~ relation.name ~ ": columns ignored: " ~ names_with_meaning(extra, wanted, table), true
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{#- Whether workbooks have columns among `used` in which some numbers are dates and others are not: the engine cannot tell which. -#}
{% macro check_cells(shop, relations, used, faults) %}
    {% for relation in relations if relation.group.format == 'xlsx' %}
        {% for column in relation.group.form.columns if column.kind == 'mixed' %}
            {% if plain_name(column.name) in used %}
                {% do complain(
                    shop.path ~ "/" ~ relation.name ~ ": in column " ~ plain_name(column.name)
                    ~ " some cells are dates and others numbers: give all of them one format, or save it as CSV UTF-8", faults
                ) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
{% endmacro %}

{#- What divides the columns of a CSV file, and what to do, where that is not what divides those of its kind; else none. -#}
{% macro other_divider(names, format, delim) %}
    {% set line = names | join(delim or '') %}
    {% if format == 'csv' and names | length < 3 %}
        {% for sign, words in dividers().items() if sign in line and sign != delim %}
            {{ return(words) }}
        {% endfor %}
    {% endif %}
    {{ return(none) }}
{% endmacro %}

{#- What may divide the columns of a file, each with its name and what to do. -#}
{% macro dividers() %}
    {{ return({
        ';': "semicolons: save it as CSV UTF-8 with commas", '\t': "tabs: name it .tsv",
        '|': "bars: save it as CSV UTF-8 with commas", ',': "commas: name it .csv",
    }) }}
{% endmacro %}

{#- The fault of a file whose columns are divided otherwise (macro other_divider). -#}
{% macro divided_by(divider) %}
    {{ return("its columns are divided by " ~ divider ~ "; numbers need a decimal point, too (12.50)") }}
{% endmacro %}

{% macro check_as_of(faults) %}
    {% set as_of = setting('as_of', 'PATRONAGE_AS_OF') %}
    {% if as_of and not (
        modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', as_of)
        and run_query("select try_cast(" ~ literal(as_of) ~ " as date)").columns[0].values()[0]
    ) %}
        {% do complain("as_of: " ~ shown(as_of) ~ " is no date; expected YYYY-MM-DD", faults) %}
    {% endif %}
{% endmacro %}

{% macro check_currency(faults) %}
    {% set currency = configured_currency() %}
    {% if currency and not modules.re.fullmatch('[A-Za-z]{3}', currency) %}
        {% do complain("reporting_currency: " ~ shown(currency) ~ " is no code of three letters like EUR", faults) %}
    {% endif %}
{% endmacro %}
