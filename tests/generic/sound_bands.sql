{#- The bands of a seed cut all scores into parts: the first is open below, the others begin higher and higher. -#}
{% test sound_bands(model, named_by, reserved) %}

with numbered as (
    select
        {{ row_id() }} as row_number_in_file,
        {{ named_by }} as band_name,
        min_score,
        is_min_inclusive
    from {{ model }}
),

compared as (
    select
        *,
        lag(min_score) over (order by row_number_in_file) as previous_min_score,
        count(*) over (partition by band_name) as rows_of_name
    from numbered
),

judged as (
    select
        row_number_in_file,
        coalesce(band_name, 'a row without a name') as band_name,
        case
            when band_name is null then 'needs a name'
            when band_name = {{ literal(reserved) }} then 'is the name of those without a score'
            when rows_of_name > 1 then 'stands more than once'
            when is_min_inclusive is null then 'needs true or false in is_min_inclusive'
            when row_number_in_file = 1 and min_score is not null
                then 'is the lowest, so its min_score must be empty: no score may be without a band'
            when row_number_in_file > 1 and min_score is null
                then 'needs a min_score: only the first band is open below'
            when min_score <= previous_min_score
                then 'begins no higher than the band above it in the file: sort them, lowest first'
        end as fault
    from compared
    union all
    select
        0 as row_number_in_file,
        'the file' as band_name,
        'needs at least one band' as fault
    from compared
    having count(*) = 0
)

select count(*) as faults
from judged
where fault is not null
having
    case
        when count(*) > 0
            then cast({{ raise_in_query(
                literal(model.identifier ~ ': ')
                ~ " || " ~ sorted_list("band_name || ' ' || fault", order_by="row_number_in_file")
            ) }} as boolean)
        else false
    end

{% endtest %}
