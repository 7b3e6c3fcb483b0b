{{ config(enabled=has_subjects(['advocacy'])) }}
-- Who leads the board did not share more than the month's top sharer, and all of it no more than all.
with board as (
    select
        month_start,
        sum(shares) as shares,
        max(share_of_shares) as top_share,
        min(sharing_rank) as first_rank
    from {{ ref('sharing_leaderboard') }}
    group by month_start
)

select board.month_start
from board
left join {{ ref('word_of_mouth') }} as spoken
    on board.month_start = spoken.month_start
where
    board.first_rank <> 1
    or board.shares > spoken.shares
    or board.top_share > spoken.top_sharer_share + 1e-9
