{#- The relation has exactly one row. -#}
{% test has_one_row(model) %}

select count(*) as rows_found
from {{ model }}
having count(*) <> 1

{% endtest %}
