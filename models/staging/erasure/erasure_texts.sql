{{ config(materialized='table') }}

{%- set searched = 5 %}

-- What is known of the erased is looked for in all texts, so that the work grows with the length of the
-- texts, not with the number of people: {{ searched }} letters of each known text, its anchor, are joined to
-- all runs of so many letters, and only where one is found the whole is compared.
-- Nothing but hashes is written.
with known as (
    select * from {{ known_names() }} as known_names
),

telling as (
    select distinct
        case when kind in ('account', 'code') then source end as source,
        kind,
        known_text,
        case
            when position('@' in known_text) > 0 then 1
            else length(known_text) - {{ searched - 1 }}
        end as anchor_place
    from known
    where is_telling
),

anchored as (
    select
        source,
        kind,
        known_text,
        length(known_text) as letters,
        anchor_place,
        substr(known_text, anchor_place, {{ searched }}) as anchor,
        substr(known_text, 1, 1) between '0' and '9' as starts_with_digit,
        substr(known_text, length(known_text), 1) between '0' and '9' as ends_with_digit
    from telling
),

parts as (
    select
        source,
        text_class,
        column_value,
        searched_text,
        {{ places('searched_text', searched) }} as part_place
    from {{ searched_texts() }} as searched_texts
),

found as (
    select
        parts.source,
        parts.text_class,
        parts.column_value,
        anchored.kind,
        anchored.source is null or anchored.source = parts.source as is_of_source,
        anchored.starts_with_digit,
        anchored.ends_with_digit,
        substr(parts.searched_text, parts.part_place - anchored.anchor_place, 1) as letter_before,
        substr(parts.searched_text, parts.part_place - anchored.anchor_place + 1 + anchored.letters, 1)
            as letter_after
    from parts
    inner join {{ few_rows('anchored') }} as anchored
        on substr(parts.searched_text, parts.part_place, {{ searched }}) = anchored.anchor
    where
        parts.part_place > anchored.anchor_place
        and substr(parts.searched_text, parts.part_place - anchored.anchor_place + 1, anchored.letters)
        = anchored.known_text
),

judged as (
    select
        source,
        text_class,
        column_value,
        kind,
        is_of_source,
        letter_before,
        starts_with_digit and letter_before between '0' and '9'
        or ends_with_digit and letter_after between '0' and '9' as is_in_a_number,
        letter_before between '0' and '9' or lower(letter_before) <> upper(letter_before)
        or letter_after between '0' and '9' or lower(letter_after) <> upper(letter_after) as is_in_a_word
    from found
),

erasure_texts as (
    select {{ text_hash('text_class', 'source', 'column_value') }} as text_hash
    from judged
    where
        -- account C-123 is not in C-1234; a phone number may have its country's before it
        (kind = 'phone' or not is_in_a_number)
        and (
            text_class <> 'person'
            or (is_of_source and not is_in_a_word and (kind <> 'email' or letter_before not in ('.', '+')))
        )
    -- as a whole value, too: among people and codes of the source, and if it is no mere number as any id
    {%- for form in ('column_value', 'lower(column_value)', 'upper(column_value)') %}
    union
    select {{ text_hash("'person'", 'source', form) }} as text_hash
    from known
    where kind in ('account', 'code')
    union
    select {{ text_hash("'id'", 'source', form) }} as text_hash
    from known
    where
        kind in ('account', 'code')
        and lower(column_value) <> upper(column_value)
    {%- endfor %}
)

select * from erasure_texts
