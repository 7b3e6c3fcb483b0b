{#- The columns of a contract table that hold text (and raw_row), in which anything may stand: a map of each to its class.

    A `person` column says whose a row or code is: there only what stands by itself is found, as the keys of others hang on it.
    A value of an `id` column gets a tombstone, one of a `text` column is lost. -#}
{% macro text_columns(table) %}
    {%- set classes = {} -%}
    {%- for column, kind in raw_contract()[table].columns.items() if kind_type(kind) == dbt.type_string() -%}
        {%- do classes.update({
            column: 'person' if column in ('customer_id', 'same_as', 'anonymous_id', 'email', 'phone', 'referral_code')
                else 'id' if kind in id_kinds() else 'text'
        }) -%}
    {%- endfor -%}
    {%- do classes.update({'raw_row': 'text'}) -%}
    {{ return(classes) }}
{% endmacro %}

{#- The kinds of columns whose values are keys of something, so that other rows join by them. -#}
{% macro id_kinds() %}
    {{ return(('id', 'person', 'figure', 'code', 'currency')) }}
{% endmacro %}
