{#- No row of an edited seed breaks a rule; the test's own message says which do, by the
    column that names a row. (It stands in the condition: dbt counts the rows and drops columns unread.) -#}
{% test follows_rule(model, fault, message, named_by) %}

select count(*) as faults
from {{ model }}
where {{ fault }}
having
    case
        when count(*) > 0
            then cast({{ raise_in_query(
                literal(model.identifier ~ ': ' ~ message ~ ': ')
                ~ " || " ~ sorted_list("coalesce(" ~ named_by ~ ", 'a row without a name')")
            ) }} as boolean)
        else false
    end

{% endtest %}
