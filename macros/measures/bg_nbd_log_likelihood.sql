{#- BG/NBD: the parts of the log-likelihood of a customer with x repeat purchases, the last at t_x, seen for age
    (weeks), by the columns that they depend on.

    Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, equation 6, in logarithms. -#}
{% macro bg_nbd_log_likelihood() %}
    {% set dropped_out = "ln(a) - ln(b + x - 1) + (r + x) * (ln(alpha + age) - ln(alpha + t_x))" %}
    {% set purchases %}
        {{ log_gamma('r + x') }} - {{ log_gamma('r') }} + r * ln(alpha)
        + {{ log_gamma('a + b') }} - {{ log_gamma('b') }}
        + {{ log_gamma('b + x') }} - {{ log_gamma('a + b + x') }}
    {% endset %}
    {% set their_times %}
        case when x > 0 then greatest({{ dropped_out }}, 0) + ln(1 + exp(-abs({{ dropped_out }}))) else 0 end
        - (r + x) * ln(alpha + age)
    {% endset %}
    {{ return({'x': purchases, 'x, t_x, age': their_times}) }}
{% endmacro %}
