{#- For the mappings of files that write numbers and times as people do. What is not written so is handed on as it stands, and the
    contract rejects it by name. -#}

{#- A raw number in which `decimal_sign` stands before the decimals, as the contract writes it: 1.234,50 is 1234.50. Thousands may be
    parted by points (or commas), apostrophes or blanks, if every three digits are. -#}
{% macro written_number(raw, decimal_sign=',') -%}
    {%- set thousands = "[.'’ \u00a0\u202f]" if decimal_sign == ',' else "[,'’ \u00a0\u202f]" -%}
    {%- set form = '^[-+]?([0-9]+|[0-9]{1,3}(' ~ thousands ~ '[0-9]{3})+)([' ~ decimal_sign ~ '][0-9]+)?$' -%}
    case
        when regexp_extract({{ raw }}, {{ literal(form) }}, 0) <> ''
            then replace(translate({{ raw }}, {{ literal(thousands[1:-1]) }}, ''), ',', '.')
        else {{ raw }}
    end
{%- endmacro %}

{#- A raw date, with or without a time of day behind it, as the contract writes it. `form` says in which order its parts stand and
    what parts them: DD.MM.YYYY, MM/DD/YYYY, DD-MM-YY (a year of this century), YYYYMMDD. A time of day may have one digit for the
    hour, seconds, am or pm, and an offset. -#}
{% macro written_time(raw, form='DD.MM.YYYY') -%}
    {%- set parts = modules.re.findall('DD|MM|YYYY|YY', form) -%}
    {%- if parts | sort | join(' ') not in ('DD MM YYYY', 'DD MM YY') -%}
        {{ exceptions.raise_compiler_error("written_time: " ~ shown(form) ~ " needs one DD, MM and YYYY (or YY)") }}
    {%- endif -%}
    {%- set digits = {'DD': '([0-9]{1,2})', 'MM': '([0-9]{1,2})', 'YYYY': '([0-9]{4})', 'YY': '([0-9]{2})'} -%}
    {%- set date = namespace(pattern='^') -%}
    {%- for piece in modules.re.findall('DD|MM|YYYY|YY|.', form) -%}
        {%- set date.pattern = date.pattern ~ (digits[piece] or ('[' ~ piece ~ ']' if piece in './- ' else modules.re.escape(piece))) -%}
    {%- endfor -%}
    {%- set time = '[ T,]+([0-9]{1,2})(:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)( ?[AaPp][Mm])?( ?(Z|UTC|[-+][0-9:]{2,5}))?$' -%}
    {%- set found = {} -%}
    {%- for part in parts -%}
        {%- do found.update({part: "regexp_extract(" ~ raw ~ ", " ~ literal(date.pattern) ~ ", " ~ loop.index ~ ")"}) -%}
    {%- endfor -%}
    {%- set day = ("'20' || " ~ found.YY if found.YY else found.YYYY) ~ " || '-' || lpad(" ~ found.MM ~ ", 2, '0') || '-' || lpad(" ~ found.DD
        ~ ", 2, '0')" -%}
    {%- set hour = "regexp_extract(" ~ raw ~ ", " ~ literal(time) ~ ", 1)" -%}
    {%- set half = "lower(regexp_extract(" ~ raw ~ ", " ~ literal(time) ~ ", 5))" -%}
    case
        when regexp_extract({{ raw }}, {{ literal(date.pattern ~ '$') }}, 0) <> '' then {{ day }}
        when regexp_extract({{ raw }}, {{ literal(date.pattern ~ time) }}, 0) <> ''
            then {{ day }} || ' ' || lpad(
                case
                    when {{ half }} = '' then {{ hour }}
                    else cast(cast({{ hour }} as int) % 12 + case when {{ half }} like '%pm' then 12 else 0 end as {{ dbt.type_string() }})
                end, 2, '0'
            ) || regexp_extract({{ raw }}, {{ literal(time) }}, 2) || regexp_extract({{ raw }}, {{ literal(time) }}, 6)
        else {{ raw }}
    end
{%- endmacro %}

