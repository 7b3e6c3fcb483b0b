{{ accepted_rows('follower_counts') }}
