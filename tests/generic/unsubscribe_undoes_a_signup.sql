{#- An unsubscribe weighs exactly minus a sign-up, and as many of the one as of the other score a day. -#}
{% test unsubscribe_undoes_a_signup(model) %}

with newsletter as (
    select
        coalesce(sum(lead_points) filter (where event_type = 'newsletter_subscribed'), 0) as sign_up_points,
        coalesce(sum(lead_points) filter (where event_type = 'newsletter_unsubscribed'), 0)
            as unsubscribe_points,
        coalesce(max(daily_cap) filter (where event_type = 'newsletter_subscribed'), -1) as sign_up_cap,
        coalesce(max(daily_cap) filter (where event_type = 'newsletter_unsubscribed'), -1)
            as unsubscribe_cap
    from {{ model }}
)

select *
from newsletter
where
    case
        when
            unsubscribe_points <> -sign_up_points
            or (unsubscribe_points <> 0 and unsubscribe_cap <> sign_up_cap)
            then cast({{ raise_in_query(
                literal(
                    model.identifier ~ ": newsletter_unsubscribed must have the lead_points of "
                    ~ "newsletter_subscribed with the other sign ("
                ) ~ " || cast(-sign_up_points as " ~ dbt.type_string() ~ ") || ') and the same daily_cap'"
            ) }} as boolean)
        else false
    end

{% endtest %}
