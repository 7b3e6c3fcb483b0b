{#- The data lines of a shop's only text file whose name matches `pattern`: line_number from 1, and line.

    Empty lines and a first line of names (no digit in it) are no data. -#}
{% macro raw_lines(shop, pattern) %}
    {%- set found = [] -%}
    {%- for path in shop_files(shop) if modules.re.fullmatch(pattern, path.split('/')[-1]) -%}
        {%- do found.append(path) -%}
    {%- endfor -%}
    {%- if found | length != 1 -%}
        {{ exceptions.raise_compiler_error(
            shop.path ~ ": expected one file " ~ pattern | replace('[.]', '.') ~ ", found "
            ~ (found | length)
        ) }}
    {%- endif -%}
    {{ text_lines(found[0]) }}
{%- endmacro %}
