{#- The columns together name one row: no combination repeats, and none is null but those in `or_null`. -#}
{% test grain(model, columns, or_null=[]) %}

select
    {{ columns | join(', ') }},
    count(*) as rows_of_key
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns if column not in or_null %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
