"""A made-up shop twice, as CSV: in the contract's own shape, and as Shopify's admin exports it.

Both hold the same orders, lines, customers and products, one row for each key, so that the bench
can tell what a system's shape costs (tests/bench.py).
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from patronage.database import literal, quoted

EXAMPLES = Path(__file__).parent / "systems" / "shopify_csv"
SHOP = """
    create temp macro iso(t) as strftime(t, '%Y-%m-%dT%H:%M:%SZ');
    create temp macro said(t) as strftime(t, '%Y-%m-%d %H:%M:%S +0000');
    create temp table customers as
        select customer_id, 'c' || row_number() over () || '@example.com' as email,
            min(created_at) as created_at, any_value(country) as country
        from raw_customers where customer_id is not null group by customer_id;
    create temp table products as
        select product_id, any_value(name) as name, any_value(brand) as brand,
            any_value(category) as category, any_value(unit_cost) as unit_cost
        from raw_products where product_id is not null group by product_id;
    create temp table order_lines as
        select order_id, line_id, any_value(product_id) as product_id,
            greatest(1, floor(any_value(quantity)))::bigint as quantity,
            abs(any_value(unit_price))::decimal(18, 2) as unit_price
        from raw_order_lines where order_id is not null and line_id is not null
        group by order_id, line_id having any_value(unit_price) is not null;
    create temp table orders as
        select orders.*, lines.goods, customers.email
        from (
            select order_id, any_value(ordered_at) as ordered_at,
                any_value(customer_id) as customer_id, any_value(country) as country,
                any_value(payment_method) as payment_method,
                row_number() over (order by order_id) as number
            from raw_orders where order_id is not null and ordered_at > '2000-01-01'
            group by order_id
        ) as orders
        inner join (
            select order_id, sum(quantity * unit_price) as goods from order_lines group by order_id
        ) as lines using (order_id)
        left join customers using (customer_id);
    delete from order_lines where order_id not in (select order_id from orders);
"""
CONTRACT = {
    "orders": """select order_id, iso(ordered_at) as ordered_at, customer_id, email,
        'paid' as status, 'EUR' as currency, country, payment_method, 'web' as channel,
        0 as shipping_amount, 0 as tax_amount from orders""",
    "order_lines": "from order_lines",
    "customers": "select customer_id, email, iso(created_at) as created_at, country from customers",
    "products": "from products",
}
# what an order's first line says of it; the others leave it empty
ORDER = {
    "Financial Status": "'paid'", "Paid at": "said(ordered_at)", "Accepts Marketing": "'no'",
    "Fulfillment Status": "'fulfilled'", "Fulfilled at": "said(ordered_at)", "Currency": "'EUR'",
    "Subtotal": "goods", "Shipping": "0", "Taxes": "0", "Total": "goods", "Discount Amount": "0",
    "Billing Country": "country", "Shipping Country": "country", "Id": "number", "Source": "'web'",
    "Payment Method": "payment_method", "Refunded Amount": "0", "Risk Level": "'Low'",
}  # fmt: skip
LINE = {
    "Name": "'#' || number", "Email": "email", "Created at": "said(ordered_at)",
    "Lineitem quantity": "quantity", "Lineitem name": "coalesce(name, product_id)",
    "Lineitem price": "unit_price", "Lineitem sku": "product_id", "Lineitem discount": "0",
    "Lineitem requires shipping": "true", "Lineitem taxable": "true",
    "Lineitem fulfillment status": "'fulfilled'", "Vendor": "brand",
}  # fmt: skip
LINES = """from (select *, row_number() over (partition by order_id order by line_id) as place
    from order_lines inner join orders using (order_id) left join products using (product_id)
) order by number, place"""
CUSTOMER = {"Email": "email", "Country Code": "country", "Accepts Marketing": "'no'"}
PRODUCT = {
    "Handle": "lower(product_id)", "Title": "coalesce(name, product_id)", "Vendor": "brand",
    "Type": "category", "Variant SKU": "product_id", "Cost per item": "unit_cost",
}  # fmt: skip


def header(example: str) -> list[str]:
    """The columns of an exported file, as the test shop of the system has them."""
    with (EXAMPLES / example).open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


def wide(columns: list[str], known: dict[str, str], rows: str) -> str:
    """Return a select of all columns of an export; of most nobody ever knows anything."""
    cells = ", ".join(f"{known.get(name, 'null')} as {quoted(name)}" for name in columns)
    return f"select {cells} {rows}"


def write_twice(data: Path, folder: Path) -> tuple[Path, Path]:
    """Write a shop of Parquet files in both shapes below a folder; return where they are."""
    places = folder / "contract", folder / "shopify"
    first = {name: f"case when place = 1 then {value} end" for name, value in ORDER.items()}
    exports = {
        "orders_export": wide(header("orders_export_1.csv"), LINE | first, LINES),
        "customers_export": wide(header("customers_export_old.csv"), CUSTOMER, "from customers"),
        "products_export": wide(header("products_export.csv"), PRODUCT, "from products"),
    }
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table in CONTRACT:
            files = literal(str(data / table / "**" / "*.parquet"))
            connection.execute(f"create temp view raw_{table} as from read_parquet({files})")
        connection.execute(SHOP)
        for place, tables in zip(places, (CONTRACT, exports), strict=True):
            place.mkdir(parents=True, exist_ok=True)
            for name, rows in tables.items():
                file = literal(str(place / f"{name}.csv"))
                connection.execute(f"copy ({rows}) to {file} (format csv, header)")
    return places
