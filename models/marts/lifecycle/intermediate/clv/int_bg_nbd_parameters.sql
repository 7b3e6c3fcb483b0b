with int_bg_nbd_parameters as (
    select
        'all' as fit,
        r,
        alpha,
        a,
        b,
        log_likelihood,
        customers
    from {{ ref('int_bg_nbd_fit') }}
    union all
    select
        'early' as fit,
        r,
        alpha,
        a,
        b,
        log_likelihood,
        customers
    from {{ ref('int_bg_nbd_early_fit') }}
)

select * from int_bg_nbd_parameters
