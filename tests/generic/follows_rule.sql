{#- No row of an edited seed breaks a rule; the message says which do, by the column that names a row. -#}
{% test follows_rule(model, fault, message, named_by) %}

select
    {{ raise_in_query(
        "'" ~ model.identifier ~ ": " ~ dbt.escape_single_quotes(message) ~ ": '
        || string_agg(coalesce(" ~ named_by ~ ", 'a row without a name'), ', ')"
    ) }} as failure
from {{ model }}
where {{ fault }}
having count(*) > 0

{% endtest %}
