{#- The audiences that the var `audiences` declares, in its order, each with its number (from 1), codes in lower case: a list of
    maps of number, name, kind, priority, channel, purpose, holdout_share, adults_only, rule.

    A declaration that says nothing clear ends the run, a line for each fault. -#}
{% macro audiences() %}
    {% set faults = [] %}
    {% set declared = var('audiences') or [] %}
    {% if declared is string or declared is mapping or declared is not iterable %}
        {% do complain("the var audiences must be a list of audiences, not " ~ shown(declared)) %}
    {% endif %}
    {% set found = [] %}
    {% for entry in declared %}
        {% do check_audience(entry, loop.index, found, faults) %}
        {% do found.append({
            'number': loop.index, 'name': entry.name, 'kind': entry.kind, 'priority': entry.priority,
            'channel': (entry.channel or '') | string | trim | lower, 'purpose': (entry.purpose or '') | string | trim | lower,
            'holdout_share': entry.holdout_share or 0, 'adults_only': entry.adults_only or false, 'rule': entry.rule,
        }) if entry is mapping %}
    {% endfor %}
    {% do check_priorities(found, faults) if not faults %}
    {% do raise_faults(faults) %}
    {{ return(found) }}
{% endmacro %}

{#- Audiences of which somebody is in the first alone whose rule holds, in that order. -#}
{% macro audiences_by_priority(kind) %}
    {{ return(audiences() | selectattr('kind', 'eq', kind) | sort(attribute='priority')) }}
{% endmacro %}

{#- What is wrong with one entry, which is the so-many-th; `before` are those before it. -#}
{% macro check_audience(entry, place, before, faults) %}
    {% set keys = ['name', 'kind', 'priority', 'channel', 'purpose', 'holdout_share', 'adults_only', 'rule'] %}
    {% set kinds = ['segment', 'persona', 'trigger', 'list'] %}
    {% if entry is not mapping %}
        {% do complain("audience " ~ place ~ ": expected name, kind, rule, …, not " ~ shown(entry), faults) %}
    {% elif entry.name is not string or not modules.re.fullmatch('[a-z][a-z0-9_]*', entry.name) %}
        {% do complain(
            "audience " ~ place ~ ": it needs a name of small letters, digits and _, not " ~ shown(entry.name), faults
        ) %}
    {% else %}
        {% set where = "audience " ~ entry.name ~ ": " %}
        {% do complain(where ~ "the name is used twice", faults) if entry.name in before | map(attribute='name') %}
        {% for key in entry if key not in keys %}
            {% do complain(where ~ "unknown key " ~ shown(key) ~ " (expected " ~ (keys | join(', ')) ~ ")", faults) %}
        {% endfor %}
        {% if entry.kind not in kinds %}
            {% do complain(where ~ "unknown kind " ~ shown(entry.kind) ~ " (expected " ~ (kinds | join(', ')) ~ ")", faults) %}
        {% endif %}
        {% if entry.kind in ('segment', 'persona') and not is_number(entry.priority) %}
            {% do complain(where ~ "a " ~ entry.kind ~ " needs a priority, a number, not " ~ shown(entry.priority), faults) %}
        {% endif %}
        {% for key in ['channel', 'purpose'] if entry[key] and entry[key] is not string %}
            {% do complain(where ~ key ~ " must be a word, not " ~ shown(entry[key]), faults) %}
        {% endfor %}
        {% if entry.channel and not entry.purpose %}
            {% do complain(where ~ "a channel needs a purpose for which consent was given", faults) %}
        {% endif %}
        {% if entry.holdout_share is not none and entry.holdout_share is defined
            and not (is_number(entry.holdout_share) and 0 <= entry.holdout_share <= 1) %}
            {% do complain(where ~ "holdout_share must be a number from 0 to 1, not " ~ shown(entry.holdout_share), faults) %}
        {% endif %}
        {% if entry.adults_only and entry.adults_only is not boolean %}
            {% do complain(where ~ "adults_only must be true or false, not " ~ shown(entry.adults_only), faults) %}
        {% endif %}
        {% if entry.rule is not string or not entry.rule | trim %}
            {% do complain(where ~ "its rule must be an SQL condition as a text, in quotes, not " ~ shown(entry.rule), faults) %}
        {% endif %}
    {% endif %}
{% endmacro %}

{#- Whoever is in one segment at most, and always in one: their priorities must say in which. -#}
{% macro check_priorities(found, faults) %}
    {% for kind in ['segment', 'persona'] %}
        {% set ordered = found | selectattr('kind', 'eq', kind) | sort(attribute='priority') %}
        {% for one in ordered %}
            {% set last = loop.previtem if not loop.first else {} %}
            {% do complain(
                "audience " ~ one.name ~ ": the priority of the " ~ kind ~ " is that of " ~ last.name ~ ", too: " ~ one.priority, faults
            ) if last and one.priority == last.priority %}
        {% endfor %}
        {% if kind == 'segment' and ordered and ordered[-1].rule | trim | lower != 'true' %}
            {% do complain(
                "audience " ~ ordered[-1].name ~ ": the rule of the last segment must be true, so that everybody is in one", faults
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{% macro is_number(value) %}
    {{ return(value is number and value is not boolean) }}
{% endmacro %}
