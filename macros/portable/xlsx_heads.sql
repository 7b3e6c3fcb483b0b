{#- What must be known of workbooks before they are read: a dict of each path to {header, form, fault, bytes}, as csv_heads; `form` is
    what patronage/workbook.py tells: the only sheet with data, where it lies, and its columns. One without it has a `fault`. -#}
{% macro xlsx_heads(paths) %}
    {{ return(adapter.dispatch('xlsx_heads')(paths) if paths else {}) }}
{% endmacro %}

{% macro duckdb__xlsx_heads(paths) %}
    {% set heads = {} %}
    {% for path in paths if reads_workbooks() %}
        {% set form = fromjson(run_query(
            'select patronage_workbook(' ~ literal(path) ~ ', ' ~ number_var('max_unpacked_share', 1) ~ ')'
        ).columns[0].values()[0]) %}
        {% set fault = form.fault or (
            "more than one sheet holds data (" ~ shown_names(form.sheets) ~ "): save each as a file of its own" if form.sheets
        ) %}
        {% do heads.update({path: {
            'header': none, 'form': dict(form, path=path) if not fault, 'fault': path ~ ": " ~ fault if fault,
        }}) %}
    {% endfor %}
    {{ return(heads) }}
{% endmacro %}

{#- Spark reads none (reads_workbooks). -#}
{% macro spark__xlsx_heads(paths) %}
    {{ return({}) }}
{% endmacro %}

{#- The columns of a workbook: a list of (name in lower case, type), all text; none where it has a fault (macro complain). -#}
{% macro xlsx_columns(path, head, faults=none) %}
    {% set width = width_fault(head.form.columns | length) if head.form %}
    {% if head.fault or width %}
        {% do complain(head.fault or path ~ ": " ~ width, faults) %}
        {{ return(none) }}
    {% endif %}
    {% set columns = [] %}
    {% for column in head.form.columns %}
        {% do columns.append((trimmed_name(column.name) or 'unnamed_' ~ loop.index, 'VARCHAR')) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{#- What is wrong with how workbooks are read: cells that the engine's reader does not see where they are; else none. -#}
{% macro xlsx_fault(group) %}
    {% set form = group.form %}
    {% set counts = [] %}
    {% for column in form.columns %}
        {% do counts.append('count(*) filter (where trim(' ~ xlsx_name(loop.index) ~ ", ' \t\r\n') <> '')") %}
    {% endfor %}
    {% if form.range %}
        {% set seen = run_query('select ' ~ (counts | join(', ')) ~ ' from ' ~ xlsx_cells(form)).rows[0] %}
        {% for column in form.columns %}
            {% if column.filled != seen[loop.index0] %}
                {{ return(
                    form.path ~ ": of " ~ column.filled ~ " cells of column " ~ shown_names([column.name]) ~ " "
                    ~ seen[loop.index0] ~ " can be read: save it anew with a spreadsheet, or as CSV UTF-8"
                ) }}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(none) }}
{% endmacro %}
