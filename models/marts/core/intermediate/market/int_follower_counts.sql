-- two shops' channels of one name are two accounts, each with followers of its own
with int_follower_counts as (
    select
        counts.source,
        counts.channel,
        counts.counted_on,
        counts.followers,
        counts.posts
    from {{ ref('stg_follower_counts') }} as counts
    inner join {{ ref('int_as_of') }} as dates
        on counts.counted_on <= dates.as_of
)

select * from int_follower_counts
