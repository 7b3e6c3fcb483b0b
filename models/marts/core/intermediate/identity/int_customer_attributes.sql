-- of each attribute the first that any of the person's accounts gives, in the order of the account keys;
-- where other systems use a shop's ids, an account has several rows: the shop's own comes first
with person_accounts as (
    select
        accounts.customer_key,
        row_number() over (
            partition by accounts.customer_key
            order by
                accounts.account_key,
                position(accounts.source || ':' in accounts.account_key) <> 1,
                accounts.source
        ) as place,
        customers.*
    from {{ ref('stg_customers') }} as customers
    inner join {{ ref('int_accounts') }} as accounts
        on
            customers.source = accounts.source
            and customers.customer_id = accounts.customer_id
),

int_customer_attributes as (
    select
        customer_key,
        {%- for column in [
            'country', 'region', 'acquisition_channel', 'birth_date', 'household_size', 'income_band', 'lock_in'
        ] %}
        min_by({{ column }}, place) filter (where {{ column }} is not null) as {{ column }},
        {%- endfor %}
        coalesce(bool_or(is_staff), false) as is_staff,
        min(created_date) as created_date,
        min(known_first_order_date) as known_first_order_date,
        sum(lifetime_orders) as lifetime_orders
    from person_accounts
    group by customer_key
)

select * from int_customer_attributes
