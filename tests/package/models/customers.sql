-- A table of this project that happens to be called as one of Patronage's: the members of the shop's club.
select
    'O1' as first_order_id,
    'gold' as club_level
