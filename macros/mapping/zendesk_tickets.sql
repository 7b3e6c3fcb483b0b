{#- The tickets of a Zendesk shop by their customers, to select from, of the loader's tables and of exported views: the columns of the
    contract, and requester_id. What was deleted, merged into another ticket, or sent by somebody suspended is no ticket. -#}
{% macro zendesk_tickets(shop) -%}
(
    with users as (
        select
            *,
            lower(role) in ('agent', 'admin') as is_agent
        from {{ newest_rows(shop, 'user', ['id'], 'updated_at') }} as users
    ),

    comments as (
        select
            comments.ticket_id,
            {{ in_utc('comments.created') }} as commented_at,
            users.is_agent,
            row_number() over (partition by comments.ticket_id order by comments.created, comments.id) as place
        from {{ newest_rows(shop, 'ticket_comment', ['ticket_id', 'id', 'user_id', 'created']) }} as comments
        left join users
            on comments.user_id = users.id
        where {{ is_true('comments.public') }}
    ),

    replies as (
        select
            ticket_id,
            bool_or(case when place = 1 then is_agent end) as is_proactive,
            min(case when is_agent then commented_at end) as replied_at
        from comments
        group by ticket_id
    ),

    histories as (
        select
            ticket_id,
            max(case when field_name = 'status' and value = 'solved' then {{ in_utc('updated') }} end) as solved_at,
            max(case when field_name = 'status' and value = 'closed' then {{ in_utc('updated') }} end) as closed_at,
            -- the last opinion: that one was asked for, again, is none
            max(
                case when field_name = 'satisfaction_score' and value in ('good', 'bad') then updated || ' ' || value end
            ) as last_score
        from {{ raw_table(shop, 'ticket_field_history') }}
        group by ticket_id
    ),

    merged as (
        select distinct ticket_id
        from {{ raw_table(shop, 'ticket_tag') }}
        where tag = 'closed_by_merge'
    ),

    tickets as (
        select
            tickets.id as ticket_id,
            {{ in_utc('tickets.created_at') }} as opened_at,
            tickets.requester_id,
            users.external_id,
            users.email,
            users.phone,
            tickets.via_channel as channel,
            tickets.type as topic,
            case when not replies.is_proactive then replies.replied_at end as first_response_at,
            coalesce(histories.solved_at, histories.closed_at) as closed_at,
            replies.is_proactive,
            lower(tickets.status) as status,
            coalesce(
                substr(histories.last_score, length(histories.last_score) - 3), lower(tickets.satisfaction_score)
            ) as score,
            {{ in_utc('tickets.fivetran_synced') }} as _loaded_at
        from {{ newest_rows(shop, 'ticket', ['id'], 'updated_at') }} as tickets
        left join users
            on tickets.requester_id = users.id
        left join replies
            on tickets.id = replies.ticket_id
        left join histories
            on tickets.id = histories.ticket_id
        left join merged
            on tickets.id = merged.ticket_id
        where
            not {{ is_true('tickets.fivetran_deleted') }}
            and not {{ is_true('users.suspended') }}
            and merged.ticket_id is null
            and coalesce(tickets.tags, '') not like '%closed_by_merge%'
        union all
        select
            id as ticket_id,
            created_at as opened_at,
            requester_id,
            requester_external_id as external_id,
            requester_email as email,
            cast(null as {{ dbt.type_string() }}) as phone,
            via as channel,
            ticket_type as topic,
            {{ minutes_later('created_at', 'first_reply_time_in_minutes', shop) }} as first_response_at,
            solved_at as closed_at,
            cast(null as {{ dbt.type_boolean() }}) as is_proactive,
            lower(status) as status,
            lower(satisfaction_score) as score,
            cast(null as {{ dbt.type_string() }}) as _loaded_at
        from {{ newest_rows(shop, 'ticket_view', ['id'], 'updated_at') }} as tickets_of_view
        where coalesce(tags, '') not like '%closed_by_merge%'
    )

    select
        ticket_id,
        opened_at,
        requester_id,
        -- the shop's id tells who it is only where nothing else does: it is an id of another source
        case when email is null and phone is null then external_id end as customer_id,
        email,
        phone,
        channel,
        topic,
        first_response_at,
        -- one that was opened again is not resolved
        case when status in ('solved', 'closed') then closed_at end as resolved_at,
        is_proactive,
        coalesce(lower(topic) in ({{ literals(words_var('zendesk_complaint_types')) }}), false) as is_complaint,
        case trim(score) when 'good' then 5 when 'bad' then 1 end as satisfaction,
        _loaded_at
    from tickets
    where coalesce(status, '') <> 'deleted'
)
{%- endmacro %}
