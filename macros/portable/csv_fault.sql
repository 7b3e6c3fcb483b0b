{#- What is wrong with the structure of CSV files (ragged rows, open quotes, other encodings), in one line, else none.

    Reads every value once, so that nothing is built from half a file. -#}
{% macro csv_fault(group) %}
    {{ return(adapter.dispatch('csv_fault')(group)) }}
{% endmacro %}

{% macro duckdb__csv_fault(group) %}
    {% for table in ('csv_faults', 'csv_scans') %}
        {% do run_query('drop table if exists temp.main.' ~ table) %}
    {% endfor %}
    {% set rows = csv_rows(group, "store_rejects = true, rejects_limit = 1, "
        ~ "rejects_table = 'csv_faults', rejects_scan = 'csv_scans',") %}
    {% do run_query('select count(columns(*)) from ' ~ rows) %}
    {% set faults = run_query("
        select scans.file_path, faults.line, faults.error_message
        from temp.main.csv_faults as faults
        inner join temp.main.csv_scans as scans using (scan_id, file_id)
        order by scans.file_path, faults.line
        limit 1
    ").rows %}
    {{ return(
        faults[0][0] ~ ", line " ~ faults[0][1] ~ ": " ~ faults[0][2].rstrip('.') if faults
        else group.faults | first if group.faults else none
    ) }}
{% endmacro %}

{% macro spark__csv_fault(group) %}
    {{ return(group.faults | first if group.faults else none) }}
{% endmacro %}
