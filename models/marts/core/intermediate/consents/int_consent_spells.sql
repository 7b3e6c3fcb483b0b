with heard as (
    select
        *,
        max(stated_date) over said as last_date,
        max(case when status = 'withdrawn' then stated_at end) over said as withdrawn_at,
        max(case when status = 'withdrawn' then stated_date end) over said as withdrawn_date,
        max(
            case when status = 'withdrawn' and is_date_alone then stated_date end
        ) over said as withdrawn_whole_date
    from {{ ref('int_consent_statements') }}
    window said as (
        partition by customer_number, party_key, channel, purpose
        order by stated_at
        range between unbounded preceding and current row
    )
),

-- Who withdrew at the same instant, or on the same date where either has no time, has not granted.
statements as (
    select
        *,
        case when status = 'withdrawn' then 1 else 0 end as is_withdrawn
    from heard
    where
        stated_date = last_date
        and (
            status = 'withdrawn'
            or (
                coalesce(stated_at > withdrawn_at, true)
                and coalesce(stated_date > withdrawn_whole_date, true)
                and (not is_date_alone or coalesce(stated_date > withdrawn_date, true))
            )
        )
),

turns as (
    select
        *,
        is_withdrawn - coalesce(lag(is_withdrawn) over (
            partition by customer_number, party_key, channel, purpose
            order by stated_at
        ), 0) as turn
    from statements
),

-- a wrong merge can take a permission, never give one
standings as (
    select
        *,
        case
            when sum(turn) over (
                partition by customer_number, channel, purpose
                order by stated_at
                range between unbounded preceding and current row
            ) > 0 then 'withdrawn'
            else 'granted'
        end as standing
    from turns
),

changes as (
    select
        *,
        case when coalesce(standing <> lag(standing) over (
            partition by customer_number, channel, purpose
            order by stated_at
        ), true) then stated_at end as changed_at
    from standings
),

started as (
    select
        *,
        max(changed_at) over (
            partition by customer_number, channel, purpose
            order by stated_at
            range between unbounded preceding and current row
        ) as started_at
    from changes
),

int_consent_spells as (
    select
        customer_number,
        channel,
        purpose,
        standing as status,
        started_at,
        lead(started_at) over (
            partition by customer_number, channel, purpose
            order by started_at
        ) as ended_at,
        case
            when bool_or(proof_given) filter (where status = standing and stated_at = started_at)
                then max(method) filter (where status = standing and stated_at = started_at and proof_given)
            else max(method) filter (where status = standing and stated_at = started_at)
        end as method,
        coalesce(bool_or(proof_given) filter (where status = standing), false) as proof_given
    from started
    group by
        customer_number,
        channel,
        purpose,
        standing,
        started_at
)

select * from int_consent_spells
