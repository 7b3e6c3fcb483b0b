{#- Materializes a model of observations as the parameters under which they are most likely: one row for each fit.

    Config:
      fits            the names of the fits, each of observations of its own
      log_likelihood  {columns: SQL}: the parts of one observation's log-likelihood, of the parameters' names and
                      the columns that the part depends on: what few values share is worked out few times
      parameters      {name: SQL of where to start, an aggregate over the observations}; all are positive
    The model has the columns `fit`, and `customers`: how many customers an observation stands for.
    A row holds the fit, its parameters, log_likelihood and customers; without observations the customers are 0 and
    the parameters null.

    The search is Newton's in the logarithms of the parameters (Levenberg's damping: of several lengths between
    Newton's step and a short one uphill, the best is taken), with derivatives by central differences. All
    points of a round are one query, so it takes few passes over the observations, on any engine. -#}
{% materialization maximum_likelihood, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set observations = api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__observations', type='table'
    ) -%}
    {%- set names = config.require('parameters').keys() | list -%}

    {{ run_hooks(pre_hooks) }}
    {% do adapter.drop_relation(existing) if existing is not none %}
    {% do replace_table(observations, sql) %}
    {% set rows = [] %}
    {% for fit in config.require('fits') %}
        {% set sample = "(select * from " ~ observations ~ " where fit = " ~ literal(fit) ~ ") as sample" %}
        {% set customers = run_query('select cast(coalesce(sum(customers), 0) as bigint) from ' ~ sample)
            .columns[0].values()[0] | int %}
        {% set best = fit_parameters(sample, config) if customers else none %}
        {% do rows.append(fitted_row(fit, names, best, customers)) %}
    {% endfor %}
    {% call statement('main') %}
        {{ create_table_as(false, target_relation, rows | join('union all')) }}
    {% endcall %}
    {% do adapter.drop_relation(observations) %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- The row of a fit: parameters rounded to 7 digits, at most 6 behind the point, so that engines agree. -#}
{% macro fitted_row(fit, names, best, customers) %}
    select
        {{ literal(fit) }} as fit,
        {% for name in names %}
        {% if best %}
        {%- set digits = 7 - (2.718281828 ** best.point[loop.index0]) | int | string | length -%}
        round(exp(cast({{ best.point[loop.index0] }} as double)), {{ digits }})
        {%- else %}cast(null as double){% endif %} as {{ name }},
        {% endfor %}
        {% if best %}round(cast({{ best.value }} as double), 4)
        {%- else %}cast(null as double){% endif %} as log_likelihood,
        cast({{ customers }} as bigint) as customers
{% endmacro %}

{#- The maximum: {point: logarithms of the parameters, value: the log-likelihood}. -#}
{% macro fit_parameters(observations, config) %}
    {% set starts = config.get('parameters').values() | join('), ln(') %}
    {% set start = run_query('select ln(' ~ starts ~ ') from ' ~ observations).rows[0].values() %}
    {# the engine adds in any order: rounded, every run starts from the same point #}
    {% set point = start | map('float') | map('round', 3) | list %}
    {% set state = namespace(
        best={'point': point, 'value': log_likelihoods(observations, config, [point])[0]}, is_done=false
    ) %}
    {% for round in range(100) if not state.is_done %}
        {% set before = state.best %}
        {% set tried = newton_steps(observations, config, before) %}
        {% set values = log_likelihoods(observations, config, tried) %}
        {# of steps that do equally well the one with least damping: near the maximum it errs least #}
        {% set noise = 1e-12 * before.value | abs %}
        {% set good_values = values | select('ge', (values | max) - noise) | list %}
        {% set reached = good_values[0] %}
        {% if reached > before.value - noise %}
            {% set state.best = {'point': tried[values.index(reached)], 'value': reached} %}
        {% endif %}
        {% set moved = [] %}
        {% for coordinate in before.point %}
            {% do moved.append((state.best.point[loop.index0] - coordinate) | abs) %}
        {% endfor %}
        {% set state.is_done = moved | max < 1e-6 or reached - before.value < noise %}
    {% endfor %}
    {{ return(state.best) }}
{% endmacro %}

{#- Where to look next: the ends of Newton's step at several dampings. -#}
{% macro newton_steps(observations, config, best) %}
    {% set h = 0.0003 %}
    {% set size = best.point | length %}
    {% set shifts = [] %}
    {% for i in range(size) %}
        {% do shifts.extend([{i: h}, {i: -h}]) %}
    {% endfor %}
    {% for i in range(size) %}
        {% for j in range(i) %}
            {% do shifts.extend([{i: h, j: h}, {i: -h, j: -h}]) %}
        {% endfor %}
    {% endfor %}
    {% set points = [] %}
    {% for shift in shifts %}
        {% set point = [] %}
        {% for coordinate in best.point %}
            {% do point.append(coordinate + shift.get(loop.index0, 0)) %}
        {% endfor %}
        {% do points.append(point) %}
    {% endfor %}
    {% set values = log_likelihoods(observations, config, points) %}

    {% set gradient = [] %}
    {% set curvature = [] %}
    {% for i in range(size) %}
        {% do gradient.append((values[2 * i] - values[2 * i + 1]) / (2 * h)) %}
        {% set row = [] %}
        {% for j in range(i) %}
            {% set pair = 2 * size + i * (i - 1) + 2 * j %}
            {% do row.append(-(
                values[pair] + values[pair + 1] + 2 * best.value
                - values[2 * i] - values[2 * i + 1] - values[2 * j] - values[2 * j + 1]
            ) / (2 * h * h)) %}
        {% endfor %}
        {% do row.append(-(values[2 * i] + values[2 * i + 1] - 2 * best.value) / (h * h)) %}
        {% do curvature.append(row) %}
    {% endfor %}

    {# with much damping a step is short, and uphill whatever the curvature is #}
    {% set scale = gradient | map('abs') | max + curvature | sum(start=[]) | map('abs') | max %}
    {% set steps = [] %}
    {% for damping in [0, 0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10, 100] %}
        {% set rows = [] %}
        {% for i in range(size) %}
            {% set row = [] %}
            {% for j in range(size) %}
                {% set entry = curvature[[i, j] | max][[i, j] | min] %}
                {% do row.append(entry + (damping * scale if i == j else 0)) %}
            {% endfor %}
            {% do rows.append(row + [gradient[i]]) %}
        {% endfor %}
        {% set point = [] %}
        {% for step in solved(rows) %}
            {% set end = best.point[loop.index0] + [[step, 2] | min, -2] | max %}
            {% do point.append([[end, 14] | min, -14] | max) %}
        {% endfor %}
        {% do steps.append(point) %}
    {% endfor %}
    {{ return(steps) }}
{% endmacro %}

{#- The solution of linear equations, given as rows of coefficients and right side, by Gauss and Jordan. -#}
{% macro solved(rows) %}
    {% set state = namespace(rows=rows) %}
    {% for i in range(rows | length) %}
        {% set pivot_row = state.rows[i] %}
        {% set pivot = pivot_row[i] or 1e-300 %}
        {% set reduced_rows = [] %}
        {% for row in state.rows %}
            {% set is_pivot_row = loop.index0 == i %}
            {% set factor = row[i] / pivot %}
            {% set reduced = [] %}
            {% for entry in row %}
                {% do reduced.append(
                    entry / pivot if is_pivot_row else entry - factor * pivot_row[loop.index0]
                ) %}
            {% endfor %}
            {% do reduced_rows.append(reduced) %}
        {% endfor %}
        {% set state.rows = reduced_rows %}
    {% endfor %}
    {{ return(state.rows | map('last') | list) }}
{% endmacro %}

{#- The log-likelihood of all observations at each of some points (logarithms of the parameters). -#}
{% macro log_likelihoods(observations, config, points) %}
    {% set query %}
        with points as (
            select
                point_number
                {% for name in config.get('parameters') %}
                , exp({{ name }}) as {{ name }}
                {% endfor %}
            from (
                values
                {% for point in points %}
                (
                    {{ loop.index0 }}
                    {% for coordinate in point %}
                    , cast({{ coordinate }} as double)
                    {% endfor %}
                ){{ ',' if not loop.last }}
                {% endfor %}
            ) as points (point_number, {{ config.get('parameters').keys() | join(', ') }})
        ),
        likelihoods as (
            {% for columns, part in config.get('log_likelihood').items() %}
            select
                points.point_number,
                {{ exact('customers * (' ~ part ~ ')') }} as likelihood
            from (
                select {{ columns }}, sum(customers) as customers from {{ observations }} group by {{ columns }}
            ) as observed
            cross join points
            {{ 'union all' if not loop.last }}
            {% endfor %}
        )
        select
            case when count(likelihood) = count(*) then cast(sum(likelihood) as double) else -1e300 end as value
        from likelihoods
        group by point_number
        order by point_number
    {% endset %}
    {{ return(run_query(query).columns[0].values() | map('float') | list) }}
{% endmacro %}
