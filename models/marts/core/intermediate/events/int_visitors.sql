with visitors as (
    select distinct
        source,
        anonymous_id
    from {{ ref('stg_events') }}
    where anonymous_id is not null
),

int_visitors as (
    select
        {{ row_id() }} as visitor_number,
        source,
        anonymous_id
    from visitors
)

select * from int_visitors
