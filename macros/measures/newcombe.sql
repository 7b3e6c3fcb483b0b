{#- The difference of two shares, so many successes in so many trials less those of others, rounded to nine digits; null without
    trials. `what` is middle, or an end (low, high) of Newcombe's interval of 95 % (his method 10: of Wilson's two). -#}
{% macro newcombe(what, successes, trials, other_successes, other_trials) -%}
    {%- set trials, other_trials = 'nullif(' ~ trials ~ ', 0)', 'nullif(' ~ other_trials ~ ', 0)' -%}
    {%- set share, other = share_in(successes, trials), share_in(other_successes, other_trials) -%}
    {%- if what == 'middle' -%}
        round({{ share }} - {{ other }}, 9)
    {%- else -%}
        {%- set own_end, other_end = ('low', 'high') if what == 'low' else ('high', 'low') -%}
        round(
            {{ share }} - {{ other }} {{ '-' if what == 'low' else '+' }} sqrt(
                power({{ share }} - {{ wilson_end(own_end, successes, trials) }}, 2)
                + power({{ other }} - {{ wilson_end(other_end, other_successes, other_trials) }}, 2)
            ), 9
        )
    {%- endif -%}
{%- endmacro %}
