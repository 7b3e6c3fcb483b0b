{#- Purchases that a customer with so many repeat purchases, of such an age and surely alive on the last of
    them, is expected to make within a horizon: the numerator of equation 10 of Fader, Hardie & Lee (2005),
    "Counting Your Customers" the Easy Way. Its hypergeometric series 2F1(r + x, b + x; a + b + x - 1; z) is summed
    after Euler's transformation, as it would not converge for young customers and long horizons. -#}
{%- set term -%}
    coefficients.term_sign * exp(
        coefficients.log_coefficient + coefficients.term * ln(patterns.z) + (patterns.a - 1) * ln(1 - patterns.z)
    )
{%- endset %}
-- a term's coefficient is the product of the ratios of all terms up to it
with ratios as (
    select
        series.fit,
        series.frequency,
        numbers.number as term,
        case
            when numbers.number = 0 then 1
            else
                (series.a + series.b - 2 - series.r + numbers.number) * (series.a - 2 + numbers.number)
                / (series.a + series.b + series.frequency - 2 + numbers.number) / numbers.number
        end as ratio
    from (
        select
            fit,
            frequency,
            a,
            b,
            r,
            max(terms) as terms
        from {{ ref('int_clv_horizons') }}
        group by
            fit,
            frequency,
            a,
            b,
            r
    ) as series
    inner join {{ numbers_below(20001) }}
        on series.terms >= numbers.number
),

coefficients as (
    select
        fit,
        frequency,
        term,
        sum(ln(abs(ratio))) over so_far as log_coefficient,
        -- an odd number of negative ratios makes the term negative
        1 - 2 * (sum(case when ratio < 0 then 1 else 0 end) over so_far % 2) as term_sign
    from ratios
    window so_far as (
        partition by fit, frequency
        order by term
    )
),

int_expected_purchases as (
    select
        patterns.fit,
        patterns.frequency,
        patterns.age_days,
        patterns.horizon_days,
        round((patterns.a + patterns.b + patterns.frequency - 1) / (patterns.a - 1) * (
            1 - {{ stable_sum(term) }}
        ), 12) as purchases_if_alive
    from {{ ref('int_clv_horizons') }} as patterns
    inner join coefficients
        on
            patterns.fit = coefficients.fit
            and patterns.frequency = coefficients.frequency
            and patterns.terms >= coefficients.term
    group by
        patterns.fit,
        patterns.frequency,
        patterns.age_days,
        patterns.horizon_days,
        patterns.a,
        patterns.b
)

select * from int_expected_purchases
