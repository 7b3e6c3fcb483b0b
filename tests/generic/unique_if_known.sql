{#- No combination of the columns repeats; a null is a value like any other. -#}
{% test unique_if_known(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as rows_of_key
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
