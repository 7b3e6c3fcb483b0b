"""Writes orders.CSV, customers.TSV and order_lines.csv.gz."""

import gzip
from pathlib import Path

FOLDER = Path(__file__).parent
ORDERS = "\ufefforder_id,ordered_at,customer_id\n1,2024-01-01,a\n2,2024-01-02,b\n"
CUSTOMERS = "customer_id\temail\temail note\na\tone@files.test\tx, y\nb\tone@files.test\t\n"
LINES = "order_id,line_id,product_id,unit_price\n1,1,p,10\n2,1,p,20\n"
(FOLDER / "orders.CSV").write_text(ORDERS, encoding="utf-8")
(FOLDER / "customers.TSV").write_text(CUSTOMERS, encoding="utf-8")
(FOLDER / "order_lines.csv.gz").write_bytes(gzip.compress(LINES.encode()))
