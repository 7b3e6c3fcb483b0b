with counted as (
    select
        'reason' as column_name,
        reason as value,
        count(*) as sharers
    from {{ ref('stg_refunds') }}
    where refund_date <= (select dates.as_of from {{ ref('int_as_of') }} as dates)
    group by reason
),

int_common_refund_texts as (
    select
        common.column_name,
        common.value
    from {{ common_values('counted') }} as common
)

select * from int_common_refund_texts
