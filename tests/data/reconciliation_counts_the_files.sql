-- Rows counted anew in the sources' own files are the raw rows of the reconciliation.
with counted as (
    {%- for table in raw_contract() %}
    {{ 'union all' if not loop.first }}
    select
        source,
        {{ literal(table) }} as raw_table,
        count(*) as raw_rows
    from {{ every_system(table) }} as every_system
    group by source
    {%- endfor %}
)

select
    reconciliation.source,
    reconciliation.raw_table,
    reconciliation.raw_rows,
    counted.raw_rows as rows_in_files
from {{ ref('reconciliation') }} as reconciliation
full outer join counted
    on
        reconciliation.source = counted.source
        and reconciliation.raw_table = counted.raw_table
where coalesce(reconciliation.raw_rows, -1) <> coalesce(counted.raw_rows, 0)
