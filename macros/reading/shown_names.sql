{#- Names of columns for a message. In a file without a header line they are the first row's values, so what does
    not look like a name is not quoted. -#}
{% macro shown_names(names) %}
    {%- set shown = [] -%}
    {%- for name in names -%}
        {%- set is_name = modules.re.fullmatch('[\\w .-]{1,40}(;[\\w .-]{1,40})*', name) and modules.re.findall('[0-9]', name) | length < 5 -%}
        {%- do shown.append(name if is_name else '(free text)') -%}
    {%- endfor -%}
    {{ return(shown[:50] | join(', ') ~ (' … and ' ~ (shown | length - 50) ~ ' more' if shown | length > 50 else '')) }}
{% endmacro %}
