-- what a title says of its holder is looked up by its words, as there may be as many titles as people
with titles as (
    select distinct
        job_title,
        {{ plain_words('job_title') }} as words
    from {{ ref('int_customer_attributes') }}
    where job_title is not null
),

title_words as (
    select
        job_title,
        words,
        {{ each_match('words', '[^ ]+') }} as word
    from titles
),

int_role_levels as (
    select
        titles.job_title,
        listed.role_level
    from title_words as titles
    inner join {{ ref('job_roles') }} as listed
        on
            titles.word = {{ dbt.split_part('listed.keyword', "' '", 1) }}
            and position(' ' || listed.keyword || ' ' in ' ' || titles.words || ' ') > 0
    qualify row_number() over (
        partition by titles.job_title
        order by listed.priority desc, listed.keyword asc
    ) = 1
)

select * from int_role_levels
