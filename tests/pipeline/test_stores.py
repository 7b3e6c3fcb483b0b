"""Raw files in an object store: the same rows as from a disk, and no secret anywhere."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import duckdb
import polars as pl
import pytest
from click.testing import CliRunner
from conftest import PROJECT
from moto.server import ThreadedMotoServer

from patronage import engine, stores
from patronage import upload as uploads
from patronage.build_log import new_entry, write_log
from patronage.cli import main
from patronage.dbt import BuildError

MARTS = ["path:models/marts/core"]
SECRET = "wJalrXUtnFEMI/K7MDENG"
FILES = {
    "orders.csv": b"order_id,ordered_at,customer_id,email,amount,Total\n"
    b"1,2025-01-01T10:00:00Z,a,,10,1\n2,2025-02-01,,b@example.com,20,1\n3,2025-13-01,a,,5,1\n",
    "customers/part 1[a].csv.gz": gzip.compress(b"customer_id,email\na,a@example.com\n", mtime=0),
    "customers/part 2.csv.gz": gzip.compress(b"customer_id,email\nb,b@example.com\n", mtime=0),
    "events/day=1/x.jsonl": b'{"event_id": 1, "occurred_at": "2025-01-01T10:00:00Z",'
    b' "event_type": "page_viewed", "customer_id": "a"}\n',
    "orders_old.csv": b"order_id\n1\n",
}


@pytest.fixture(scope="module")
def server():
    """A server of S3, on a port of its own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def store(server, monkeypatch, tmp_path) -> Path:
    """The files in a bucket, s3://shop/raw, and on a disk, whose folder is returned."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="shop")
    things = tmp_path / "things.parquet"
    pl.DataFrame({"product_id": ["p"], "name": ["pen"], "unit_cost": ["1.5"]}).write_parquet(things)
    for name, content in (FILES | {"products.parquet": things.read_bytes()}).items():
        client.put_object(Bucket="shop", Key=f"raw/{name}", Body=content)
        file = tmp_path / "raw" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    client.put_object(Bucket="shop", Key="rawer/orders.csv", Body=b"order_id,ordered_at\n9,2025\n")
    return tmp_path / "raw"


def published(warehouse) -> dict[str, list]:
    """All rows of core, table by table, in order."""
    tables = warehouse.rows(
        "select table_name from duckdb_tables() where schema_name = 'core' order by table_name"
    )
    return {name: sorted(warehouse.rows(f"from core.{name}"), key=repr) for (name,) in tables}


def test_a_shop_in_a_store_is_the_same_as_on_a_disk(warehouse, store):
    built = []
    for place in (store, "s3://shop/raw"):
        notices: list[str] = []
        warehouse.build(place, salt="pepper", notices=notices)
        built.append((published(warehouse), [line.split("raw/")[-1] for line in notices]))
    (disk, disk_notices), (bucket, notices) = built
    assert len(disk["orders"]) == 2
    for name, rows in disk.items():
        assert bucket[name] == rows, name
    assert len(disk["rejected_rows"]) == 1
    assert notices == disk_notices
    for file in warehouse.folder.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


def test_what_cannot_be_read_is_one_line(warehouse, store, monkeypatch, tmp_path):
    nobody = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    for says, where in (("HTTP 404", {}), ("Could not connect", nobody)):
        there = {"PATRONAGE_DATA": "s3://nowhere/raw", "PATRONAGE_WAREHOUSE": str(tmp_path / "w")}
        there |= where
        program = [sys.executable, "-c", "from patronage.cli import main; main()", "build"]
        run = subprocess.run(
            program,
            cwd=PROJECT,
            env=os.environ | there,
            capture_output=True,
            text=True,
            check=False,
        )
        told, *more = run.stderr.splitlines()
        assert says in told
        assert "nowhere" in told
        assert more == ["error: nothing was published"]
    whole = (store / "products.parquet").read_bytes()
    damaged = whole[:4] + bytes(len(whole) // 3) + whole[4 + len(whole) // 3 :]
    boto3.client("s3").put_object(Bucket="shop", Key="broken/products.parquet", Body=damaged)
    boto3.client("s3").put_object(Bucket="shop", Key="broken/orders.csv", Body=FILES["orders.csv"])
    with pytest.raises(
        BuildError, match=r"s3://shop/broken/products\.parquet: the file is damaged"
    ):
        warehouse.build("s3://shop/broken")
    for module in (engine, stores):
        monkeypatch.setattr(module, "extension_file", lambda name: None)
    with pytest.raises(BuildError, match=r"s3://shop/raw a package is needed: pip install 'patr"):
        warehouse.build("s3://shop/raw")


def test_inspect_looks_into_a_store(store):
    result = CliRunner().invoke(main, ["inspect", "s3://shop/raw"])
    assert result.exit_code == 0, result.output
    assert "s3://shop/raw: read as files" in result.output
    assert "PATRONAGE_DATA=s3://shop/raw" in result.output
    assert SECRET not in result.output


def test_a_build_reads_its_own_folder_of_the_store_alone(store):
    with duckdb.connect() as connection:
        stores.reach(connection)
        connection.execute("set allowed_directories = ['s3://shop/raw']")
        connection.execute("set enable_external_access = false")
        with pytest.raises(duckdb.PermissionException):
            connection.execute("from 's3://shop/rawer/orders.csv'")


def test_the_published_parquet_goes_into_a_store(store, tmp_path, monkeypatch):
    """A folder for each build; which is the last is said when it is whole. No secret is written."""
    warehouse = tmp_path / "warehouse"
    (warehouse / "parquet/core").mkdir(parents=True)
    monkeypatch.setenv("PATRONAGE_WAREHOUSE", str(warehouse))
    monkeypatch.chdir(PROJECT)

    def asked(address: str) -> dict:
        result = CliRunner().invoke(main, ["upload", address, "--json"])
        assert SECRET not in result.output
        return json.loads(result.stdout)

    def fault(address: str) -> str:
        return asked(address)["errors"][0]["message"]

    assert "nothing is published" in fault("s3://shop/out")
    rows = pl.DataFrame({"order_key": ["b", "a", "ü"], "source=1": [1.5, None, 2.0]})
    rows.write_parquet(warehouse / "parquet/core/orders.parquet")
    entry = new_entry(PROJECT) | {"status": "published", "as_of": "2025-02-01"}
    write_log(warehouse, [entry | {"finished_at": entry["started_at"]}])

    told = asked("s3://shop/out/")
    assert (told["status"], told["rows"]) == ("ok", {"core.orders": 3})
    client = boto3.client("s3")
    latest = json.loads(client.get_object(Bucket="shop", Key="out/latest.json")["Body"].read())
    assert latest["as_of"] == "2025-02-01"
    assert latest["folder"] == told["folder"].replace("out//", "out/")
    key = latest["folder"].removeprefix("s3://shop/") + "/core/orders.parquet"
    copy = client.get_object(Bucket="shop", Key=key)["Body"].read()
    assert pl.read_parquet(io.BytesIO(copy)).equals(rows)

    assert "expected an address like" in fault("s3://key:word@shop/out")
    assert "expected an address like" in fault("/tmp/out")
    assert fault("s3://nowhere/out").startswith("s3://nowhere/out: ")
    monkeypatch.setattr(uploads, "extension_file", lambda name: None)
    assert "pip install 'patronage[s3]'" in fault("s3://shop/out")
