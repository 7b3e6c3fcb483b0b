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
        visitors.source,
        visitors.anonymous_id,
        {{ visitor_key('visitors') }} as visitor_key
    from visitors
)

select * from int_visitors
