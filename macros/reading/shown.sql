{#- A name or value of somebody else's for a message: in quotes, control signs escaped, long ones cut. -#}
{% macro shown(text) %}
    {% set shown = namespace(text=(text | string)[:80] ~ ('…' if (text | string) | length > 80 else '')) %}
    {% for sign in modules.re.findall(control_signs(), shown.text) | unique %}
        {% set shown.text = shown.text | replace(sign, sign.encode('unicode_escape').decode()) %}
    {% endfor %}
    {{ return("'" ~ shown.text ~ "'") }}
{% endmacro %}

{#- What moves a terminal's cursor, breaks a line or turns the direction of writing, as a regular expression. -#}
{% macro control_signs() %}
    {{ return('[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]') }}
{% endmacro %}
