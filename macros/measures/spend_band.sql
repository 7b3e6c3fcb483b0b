{#- What a customer spent in a year, as a band, for a customer's label and for the counts of spend_bands alike.

    `bounds` is a relation with the exact quantiles p20_bound and p80_bound of the amounts above 0. -#}
{% macro spend_band(net_amount, bounds) -%}
    case
        when {{ net_amount }} <= 0 then 'non_positive'
        when {{ is_up_to(net_amount, bounds ~ '.p20_bound') }} then 'low'
        when {{ is_up_to(net_amount, bounds ~ '.p80_bound') }} then 'middle'
        else 'high'
    end
{%- endmacro %}

{#- Whether a number is no greater than a quantile: one between equal numbers may fall short of them by its own arithmetic. -#}
{% macro is_up_to(number, quantile) -%}
    cast({{ number }} as double) <= {{ quantile }} * (1 + 1e-15)
{%- endmacro %}
