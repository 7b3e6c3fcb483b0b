"""Every mart is right on a real Spark cluster, and where parts of it die in the middle of a build.

`make test-cluster` runs it, by hand and once a week. A master and two workers, each a process of
its own on this machine's loopback, build shops; every mart is compared with DuckDB's, row by row:

    standalone     random shops, where dbt itself drives the cluster (PATRONAGE_SPARK_MASTER)
    killed_worker  the demo, while one of the two workers is killed
    killed_driver  the demo, of which dbt is killed; it is started again on what that left
    thrift         demo, random shops, and a skewed shop that is tables of the catalogue, through
                   a thrift server (the output cluster)

Memory: 2 GB for the driver, 1 GB for each worker. With --folder what DuckDB has built there is
used again. Each build's account by Spark (what it logs) is in the folder `cluster`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from compare import (
    PROJECT,
    SPARK_ZONE,
    build_on_duckdb,
    built,
    clean_environment,
    compare,
    complete,
    demo,
    only,
    random_shop,
    settings,
    start_spark,
)

from patronage.database import literal

WAIT = 300  # seconds, until a server answers
# Adaptive execution, as on every cluster; each worker is one executor.
CONF = """
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.executor.cores 1
spark.ui.enabled false
spark.master.rest.enabled false
spark.log.level ERROR
"""
# For so little data as that of tests it is quicker not to compile.
INTERPRETED = """
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""
LOG = """
rootLogger.level = warn
rootLogger.appenderRef.stdout.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c: %m%n
"""
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=512m"
DRIVER = {"PATRONAGE_MEMORY_LIMIT": "2GB", "PATRONAGE_SPARK_JAVA_OPTIONS": JAVA}
DRIVER["SPARK_LOCAL_IP"] = "127.0.0.1"


def free_port() -> int:
    """Return a port of the loopback that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until(what: str, holds: Callable[[], bool], seconds: float = WAIT) -> None:
    """Wait until something holds; raises TimeoutError where it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.5)


def answers(port: int) -> bool:
    """Return whether somebody listens on a port of the loopback."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def kill(program: subprocess.Popen[bytes]) -> None:
    """Kill a program, which leads a group of its own, and what it has started."""
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def skewed_shop(folder: Path) -> dict[str, Any]:
    """The demo as a step, in which a customer has a tenth of the orders, a kiosk of the events.

    DuckDB reads its files, Spark the tables of a catalogue; events are parted by their type.
    """
    place, schema = folder / "skewed", "raw_skewed"
    place.mkdir(exist_ok=True)
    one_of_ten = "row_number() over () % 10 = 0"
    wholesaler = {"customer_id": "'wholesaler'", "email": "null", "phone": "null"}
    changed = {"orders": wholesaler, "events": {"anonymous_id": "'kiosk'"}}
    before = [f"create schema if not exists {schema}"]
    for file in sorted((PROJECT / "data" / "demo").glob("*.csv")):
        replaced = ", ".join(
            f"case when {one_of_ten} then {value} else {name} end as {name}"
            for name, value in changed.get(file.stem, {}).items()
        )
        columns = f"* replace ({replaced})" if replaced else "*"
        duckdb.sql(
            f"copy (select {columns} from read_csv({literal(str(file))}, all_varchar = true, "
            f"quote = '\"')) to {literal(str(place / file.name))} (header, delimiter ',')"
        )
        parted = "partitioned by (event_type)" if file.stem == "events" else ""
        before += [
            f"drop table if exists {schema}.{file.stem}",
            f"create table {schema}.{file.stem} using parquet {parted} as select * from "
            f"csv.`{place / file.name}` with ('header' = 'true', 'escape' = '\"', "
            "'multiLine' = 'true')",
        ]
    shop = {"name": "demo", "timezone": "Europe/Berlin", "reporting_currency": "EUR"}
    step = demo() | {"name": "skewed", "before": before}
    files, tables = (
        json.dumps({"sources": [shop | at]}) for at in ({"path": str(place)}, {"schema": schema})
    )
    step = demo() | {"name": "skewed", "before": before, "in_catalogue": {files: tables}}
    return step | {"command": [*step["command"], "--vars", files]}


class Cluster:
    """A master and its workers, each a process that leads a group of its own."""

    def __init__(
        self, folder: Path, python: Path, memory: str = "1g", conf: str = INTERPRETED
    ) -> None:
        """Choose ports and write settings; nothing runs yet. The memory is that of a worker."""
        self.memory = memory
        [self.home] = python.parent.parent.glob("lib/python*/site-packages/pyspark")
        self.folder, self.port, self.page = folder, free_port(), free_port()
        self.address = f"spark://127.0.0.1:{self.port}"
        self.programs: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        self.conf = folder / "conf"
        self.conf.mkdir(parents=True, exist_ok=True)
        (self.conf / "spark-defaults.conf").write_text(
            f"{CONF}spark.executor.memory {memory}{conf}"
        )
        (self.conf / "log4j2.properties").write_text(LOG)

    def start(self, name: str, *command: str, memory: str = "256m") -> subprocess.Popen[bytes]:
        """Start a program of Spark, its output in a file of this name."""
        places = {"SPARK_HOME": self.home, "SPARK_CONF_DIR": self.conf}
        places |= {"SPARK_LOCAL_DIRS": self.folder / "local", "SPARK_LOG_DIR": self.folder}
        environment = clean_environment(SPARK_ZONE) | {key: str(at) for key, at in places.items()}
        environment |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": memory}
        with (self.folder / f"{name}.log").open("ab") as log:
            program = subprocess.Popen(
                [str(self.home / "bin" / command[0]), *command[1:]],
                cwd=PROJECT,  # from where the thrift server counts a path like data/demo
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.programs.append(program)
        return program

    def start_master(self) -> None:
        """Start the master, and wait for it."""
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--webui-port", str(self.page)]
        self.start("master", "spark-class", "org.apache.spark.deploy.master.Master", *place)
        wait_until("the master", lambda: answers(self.port) and answers(self.page))

    def fill_up(self, count: int = 2) -> None:
        """Start as many workers as so many of them need; wait until the master knows all."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < count:
            room = ["--host", "127.0.0.1", "--cores", "1", "--memory", self.memory]
            room += ["--webui-port", "0", "--work-dir", str(self.folder / "work"), self.address]
            kind = "org.apache.spark.deploy.worker.Worker"
            self.workers.append(self.start("workers", "spark-class", kind, *room))
        wait_until("the workers", lambda: self.alive() == count)

    def alive(self) -> int:
        """Return how many workers the master believes to be alive; none until it answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.page}/json/") as page:
                return int(json.load(page)["aliveworkers"])
        except OSError:
            return 0

    def serve(self, warehouse: Path) -> int:
        """Start a thrift server on the cluster, its tables in a folder; return its port."""
        port = free_port()
        catalogue = f"jdbc:derby:;databaseName={warehouse}/spark_catalog;create=true"
        parts = ["--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"]
        parts += ["--master", self.address, "--driver-java-options"]
        parts += [f"-Dderby.stream.error.file=/dev/null {JAVA}"]
        parts += ["--conf", f"spark.sql.warehouse.dir={warehouse}/spark"]
        parts += ["--conf", f"spark.hadoop.javax.jdo.option.ConnectionURL={catalogue}"]
        parts += ["spark-internal", "--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1"]
        parts += ["--hiveconf", f"hive.server2.thrift.port={port}"]
        server = self.start("thrift", "spark-submit", *parts, memory="2g")
        wait_until("the thrift server", lambda: answers(port) or server.poll() is not None)
        if server.poll() is not None:
            raise RuntimeError((self.folder / "thrift.log").read_text()[-2000:])
        return port

    def stop(self) -> None:
        """Kill all that was started here and still runs."""
        for program in self.programs:
            kill(program)


@contextmanager
def cluster(folder: Path, python: Path) -> Iterator[Cluster]:
    """Start a master with two workers, and stop all at the end, whatever happened."""
    one = Cluster(folder, python)
    try:
        one.start_master()
        one.fill_up()
        yield one
    finally:
        one.stop()


def tables_in(warehouse: Path) -> int:
    """Return how many tables of marts lie in a warehouse's folder."""
    return len([*(warehouse / "spark").glob("core.db/*/_SUCCESS")])


class Builds:
    """What is built on a cluster, and what came out."""

    def __init__(self, folder: Path, python: Path, on: Cluster) -> None:
        """Nothing is built yet."""
        self.folder, self.python, self.on = folder, python, on
        self.passed = self.failed = 0

    def on_cluster(self, engine: str, step: dict[str, Any], **own: str) -> dict[str, Any]:
        """Return a step as it is built on the cluster, into a folder of its own."""
        marts = self.folder / "marts" / engine / step["name"]
        environment = settings(self.folder, engine, step["environment"]) | DRIVER | own
        environment["PATRONAGE_SPARK_MASTER"] = self.on.address
        command = [step.get("in_catalogue", {}).get(part, part) for part in step["command"]]
        return step | {"command": command, "environment": environment, "marts": str(marts)}

    def note(self, engine: str, step: dict[str, Any]) -> None:
        """Compare what was built."""
        if step["name"] not in built(self.folder):
            print(f"{engine}: {step['name']} was not built", flush=True)
            self.failed += 1
            return
        print(f"{engine}:", end=" ")
        same, different = compare(self.folder, step)
        self.passed, self.failed = self.passed + same + 1, self.failed + different

    def build(self, engine: str, step: dict[str, Any]) -> None:
        """Build a step in one go and compare it."""
        start_spark(self.folder, self.python, [step], self.on.conf).wait()
        self.note(engine, step)

    def standalone(self, step: dict[str, Any]) -> None:
        """Build a step where dbt drives the cluster."""
        self.on.fill_up()
        self.build("standalone", self.on_cluster("standalone", step))

    def killed_worker(self, step: dict[str, Any]) -> None:
        """Build a step, and kill a worker when some tables are there."""
        self.on.fill_up()
        step = self.on_cluster("killed worker", step)
        warehouse = Path(step["environment"]["PATRONAGE_WAREHOUSE"])
        program = start_spark(self.folder, self.python, [step], self.on.conf)
        wait_until(
            "a mart", lambda: tables_in(warehouse) > 2 or program.poll() is not None, 10 * WAIT
        )
        kill(self.on.workers[0])
        print(f"a worker is killed; {tables_in(warehouse)} tables of core are there", flush=True)
        program.wait()
        self.note("killed worker", step)

    def killed_driver(self, step: dict[str, Any]) -> None:
        """Build a step, kill dbt when some tables are there, and build it again."""
        self.on.fill_up()
        step = self.on_cluster("killed driver", step)
        warehouse = Path(step["environment"]["PATRONAGE_WAREHOUSE"])
        program = start_spark(self.folder, self.python, [step], self.on.conf)
        wait_until(
            "a mart", lambda: tables_in(warehouse) > 2 or program.poll() is not None, 10 * WAIT
        )
        kill(program)
        print(f"dbt is killed; {tables_in(warehouse)} tables of core are there", flush=True)
        self.build("killed driver", step)

    def thrift(self, steps: list[dict[str, Any]]) -> None:
        """Build steps through a thrift server."""
        self.on.fill_up()
        warehouse = self.folder / "thrift"
        warehouse.mkdir(exist_ok=True)
        port = self.on.serve(warehouse)
        for step in steps:
            own = {"PATRONAGE_SPARK_HOST": "127.0.0.1", "PATRONAGE_SPARK_PORT": str(port)}
            self.build("thrift", self.on_cluster("thrift", step, **own) | {"target": "cluster"})


def main() -> None:
    """Build on DuckDB and on a cluster, compare, and fail where anything differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", type=Path, default=PROJECT / ".venv-spark/bin/python")
    parser.add_argument("--seed", type=int, default=1, help="of the random shop")
    parser.add_argument("--folder", type=Path, help="where to build; kept afterwards")
    parser.add_argument("--schemas", nargs="*", help="just the marts of these")
    ways = ["standalone", "killed_worker", "killed_driver", "thrift"]
    parser.add_argument("--only", nargs="*", choices=ways, default=ways)
    all_shops = ["demo", "random", "skewed"]
    parser.add_argument("--shops", nargs="*", choices=all_shops, default=all_shops)
    options = parser.parse_args()
    # so that everything is stopped then, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        folder.mkdir(exist_ok=True)
        shops = {
            "demo": demo(),
            "random": random_shop(folder, options.seed),
            "skewed": skewed_shop(folder),
        }
        for name, step in shops.items():
            chosen = only(step, options.schemas) if options.schemas else step
            shops[name] = complete(chosen, folder)
            if name in options.shops and not (folder / f"{step['name']}.duckdb").exists():
                build_on_duckdb(folder, shops[name])
        with cluster(folder / "cluster", options.python.absolute()) as on:
            builds = Builds(folder, options.python.absolute(), on)
            if "standalone" in options.only:
                builds.standalone(shops["random"])
            if "killed_worker" in options.only:
                builds.killed_worker(shops["demo"])
            if "killed_driver" in options.only:
                builds.killed_driver(shops["demo"])
            if "thrift" in options.only:
                builds.thrift([shops[name] for name in options.shops])
    print(f"{builds.passed} passed, {builds.failed} failed")
    sys.exit(1 if builds.failed else 0)


if __name__ == "__main__":
    main()
