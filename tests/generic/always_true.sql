{#- The expression holds in every row; a row where it is unknown (null) does not fail it. -#}
{% test always_true(model, expression) %}

select *
from {{ model }}
where not ({{ expression }})

{% endtest %}
