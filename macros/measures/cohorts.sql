{#- What cohorts are split by, as columns of int_cohorts. -#}
{% macro cohort_breakdowns() %}
    {{ return(['channel', 'category', 'country']) }}
{% endmacro %}

{#- Within how many days after the first order day it is asked who came a second time. -#}
{% macro second_order_days() %}
    {{ return([30, 60, 90, 180, 365]) }}
{% endmacro %}
