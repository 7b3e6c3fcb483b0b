-- Every rejected row of the reconciliation is in rejected_rows.
with listed as (
    select
        source,
        raw_table,
        count(*) as rejected_rows
    from {{ ref('rejected_rows') }}
    group by
        source,
        raw_table
)

select
    reconciliation.source,
    reconciliation.raw_table
from {{ ref('reconciliation') }} as reconciliation
full outer join listed
    on
        reconciliation.source = listed.source
        and reconciliation.raw_table = listed.raw_table
where coalesce(reconciliation.rejected_rows, 0) <> coalesce(listed.rejected_rows, 0)
