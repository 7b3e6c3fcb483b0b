with counted as (
    select
        'reason' as column_name,
        reason as value,
        count(*) as sharers
    from {{ ref('int_refunds') }}
    where not is_by_status
    group by reason
),

int_common_refund_texts as (
    select
        common.column_name,
        common.value
    from {{ common_values('counted') }} as common
)

select * from int_common_refund_texts
