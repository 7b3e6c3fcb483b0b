{#- Whether all of these subjects (folders of models/marts) are built: a project that has installed this one may have switched some
    off, `models: {patronage: {marts: {advocacy: {+enabled: false}}}}`. What reads a subject's marts asks before it names them,
    while dbt parses, too, when it knows no models yet: so it is the settings that are asked. -#}
{% macro has_subjects(subjects) %}
    {% set given = builtins.ref.config.models.get('patronage') or {} %}
    {% for subject in subjects %}
        {% set found = namespace(place=given, enabled=true) %}
        {% for step in ['', 'marts', subject] %}
            {% set found.place = (found.place.get(step) or {}) if step else found.place %}
            {% for key in ['enabled', '+enabled'] if key in found.place %}
                {% set found.enabled = found.place[key] | string | lower != 'false' %}
            {% endfor %}
        {% endfor %}
        {% if not found.enabled %}
            {{ return(false) }}
        {% endif %}
    {% endfor %}
    {{ return(true) }}
{% endmacro %}
