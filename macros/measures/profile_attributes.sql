{#- The attributes of customer_profile by which segments are described, of a kind, or all: traits, which people bring along, and
    habits, which lean on how much somebody buys. -#}
{% macro profile_attributes(kind=none) %}
    {% set kinds = {
        'trait': [
            'age_band', 'gender', 'country', 'region', 'role_level', 'household_size', 'income_band', 'customer_type',
            'acquisition_channel'
        ],
        'habit': ['device_preference', 'channel_preference', 'top_category', 'favourite_daypart'],
    } %}
    {{ return(kinds[kind] if kind else kinds.trait + kinds.habit) }}
{% endmacro %}

{#- The segments that are compared with all customers of a year. -#}
{% macro profile_segments() %}
    {{ return(['high_spenders', 'loyal', 'lovers', 'strong_leads', 'top_clv']) }}
{% endmacro %}

{#- The segment whose likes are looked for: the var fit_segment. -#}
{% macro fit_segment() %}
    {% set segment = var('fit_segment') %}
    {% if segment not in profile_segments() %}
        {{ exceptions.raise_compiler_error(
            "the var fit_segment must be one of " ~ profile_segments() | join(', ') ~ ", not " ~ shown(segment)
        ) }}
    {% endif %}
    {{ return(segment) }}
{% endmacro %}
