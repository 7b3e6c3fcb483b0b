{#- A fault of a delivery: added to the list of them, where one is kept; else the end, in one line. -#}
{% macro complain(line, faults=none) %}
    {% if faults is none %}
        {{ exceptions.raise_compiler_error(line) }}
    {% endif %}
    {% do faults.append(line) %}
{% endmacro %}

{#- Ends the run where there are faults: all of them, a line each, which `patronage` tells apart by the dash. -#}
{% macro raise_faults(faults) %}
    {% if faults | length == 1 %}
        {{ exceptions.raise_compiler_error(faults[0]) }}
    {% elif faults %}
        {{ exceptions.raise_compiler_error('- ' ~ (faults | unique | join('\n- '))) }}
    {% endif %}
{% endmacro %}
