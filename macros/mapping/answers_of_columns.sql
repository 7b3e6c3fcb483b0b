{#- A raw table whose other columns are questions (its YAML's has_questions), like macro raw_table, but a row for each answer: of
    a file's row and each column that the YAML does not name, where there is something in it. Beside the known columns and
    raw_file come `question`, the column's name in lower case, `answer`, and `is_choice`: whether several columns have that name. -#}
{% macro answers_of_columns(shop, table) %}
    {%- set own = system_tables(shop.system)[table] -%}
(
    select
    {%- for column in own.known + ['raw_file', 'question', 'answer'] %}
        cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
        false as is_choice
    where false
    {%- for relation in raw_relations(shop, table) %}
        {%- set questions = questions_of(relation, own.known) %}
        {%- if questions %}
    union all
    select *
    from (
        select
            {{ known_columns(relation, own) }},
            {{ name_below(shop.path) }} as raw_file,
            questions.question,
            case questions.question_number
            {%- for question in questions %}
                when {{ loop.index }} then {{ text_with_offset(quoted(question.column), relation.columns[question.column]) }}
            {%- endfor %}
            end as answer,
            questions.is_choice
        from ({{ relation.sql }}) as rows_of_files
        cross join (
            {%- for question in questions %}
            {{ 'union all' if not loop.first }}
            select
                {{ loop.index }} as question_number,
                {{ literal(question.text) }} as question,
                {{ question.is_choice }} as is_choice
            {%- endfor %}
        ) as questions
    ) as answers_of_file
    where answer is not null
        {%- endif %}
    {%- endfor %}
)
{%- endmacro %}

{#- The columns of a raw relation that a system's YAML does not name: a list of {column, text, is_choice}. A number behind a text that
    stands before it, too, is none of the text (macro numbered_columns). -#}
{% macro questions_of(relation, known) %}
    {% set questions = [] %}
    {% set again = [] %}
    {% for column in relation.columns if plain_name(column) not in known %}
        {% set text = modules.re.sub('_column_[0-9]+$', '', column) %}
        {% set is_again = text != column and text in relation.columns %}
        {% do again.append(text) if is_again %}
        {% do questions.append({'column': column, 'text': text if is_again else column, 'is_choice': false}) %}
    {% endfor %}
    {% for question in questions if question.text in again %}
        {% do question.update({'is_choice': true}) %}
    {% endfor %}
    {{ return(questions) }}
{% endmacro %}
