"""`patronage.build`: the command of that name as a function, for programs that call it.

What it needs is imported when it is called: dbt takes seconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from patronage.environment import environment, wrong_variable


class BuildFailed(Exception):  # noqa: N818 (what happened, as it reads where it is caught)
    """Nothing was published; the file that was published before is as it was.

    `kind` says what was in the way: `data` (a gate is closed: what is delivered is not like it
    should be), `build` (settings, raw files, a model or a data test: dbt's part) or `place` (the
    warehouse folder: another build at work, files of somebody else, a full disk, the salt).
    `faults` has a line for each fault, `build_id` the build in the log, where it came so far.
    """

    def __init__(self, kind: str, faults: Sequence[str], build_id: str | None = None) -> None:
        """Take what is to be said."""
        super().__init__("; ".join(faults))
        self.kind = kind
        self.faults = tuple(faults)
        self.build_id = build_id

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross from one process to another, as workers of an orchestrator do."""
        return type(self), (self.kind, self.faults, self.build_id)


@dataclass(frozen=True)
class BuildResult:
    """What a build has published."""

    build_id: str  # in core.build_log, and in `patronage status`
    file: Path  # patronage.duckdb, which BI tools read
    warehouse: Path  # the folder that it lies in, with parquet/ and data_docs/
    as_of: date | None  # the business date of all numbers; None: the shop has no order
    rows: dict[str, int]  # published rows of each mart (schema.name)
    raw_rows: int  # rows that the shops' files have
    rejected_rows: int  # of these, rows that could not be used
    checks_run: int  # dbt's tests and the expectations of both gates
    warnings: tuple[str, ...]  # expectations that were not met and only warn, and other hints
    seconds: float
    answers: tuple[str, ...]  # what a shop asks for first, a line each

    def as_json(self) -> dict[str, Any]:
        """The result of plain values, as `patronage build --json` prints it."""
        return vars(self) | {
            "file": str(self.file),
            "warehouse": str(self.warehouse),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "warnings": list(self.warnings),
            "answers": list(self.answers),
            "seconds": round(self.seconds, 1),
        }


Say = Callable[[str], None]
Follow = Callable[[int, int, str], None]


def build(
    data: str | os.PathLike[str] | None = None,
    *,
    system: str | None = None,
    timezone: str | None = None,
    as_of: date | str | None = None,
    warehouse: str | os.PathLike[str] | None = None,
    project: str | os.PathLike[str] | None = None,
    variables: Mapping[str, Any] | None = None,
    options: Sequence[str] = (),
    accept: bool = False,
    adopt: bool = False,
    say: Say | None = None,
    progress: Follow | None = None,
) -> BuildResult:
    """Check the raw files, build, check the marts and publish them, as `patronage build` does.

    The report is left as it is: `patronage report` draws it anew.

    `data` is a folder of one shop's raw files (or s3://…), of this `system` (as exported by
    shopify_csv, woocommerce, …; without: the contract's own) and `timezone`; without it the sources
    are those of the project's settings. What is not given here is taken from the variables
    PATRONAGE_…, as on the command line. `warehouse` is the folder that is written to, `project` the
    folder of Patronage's dbt project (without: the nearest above the working folder), `variables`
    are vars of dbt, `options` options of dbt (["--threads", "4"]). `accept` lets a delivery in that
    differs from the last one, `adopt` takes a warehouse folder that holds other files. `say` is
    called with each line that is told on the way, `progress` as each step starts: its number, how
    many there are, its name.

    A process may call it again and again, also after a failure, which leaves no file open; but not
    in two threads at once, as dbt has one set of settings for a process. Raises BuildFailed, of all
    that can be wrong with files, settings, models and the place.
    """
    from patronage.pipeline import Run
    from patronage.text import json_text

    given = [*options, *(["--vars", json_text(dict(variables))] if variables else [])]
    settings = {
        "DATA": data,
        "SYSTEM": system,
        "TIMEZONE": timezone,
        "AS_OF": as_of.isoformat() if isinstance(as_of, date) else as_of,
        "WAREHOUSE": warehouse,
    }
    with environment(
        {f"PATRONAGE_{name}": str(value) for name, value in settings.items() if value}
    ):
        return build_and_publish(project, given, accept, adopt, Run.build, say, progress)


def build_and_publish(
    project: str | os.PathLike[str] | None,
    options: list[str],
    accept: bool,
    adopt: bool,
    prepare: Callable[[Any], None],
    say: Say | None = None,
    progress: Follow | None = None,
) -> BuildResult:
    """Prepare a build file (a method of pipeline.Run) and publish its marts. Raises BuildFailed."""
    import logging

    import duckdb

    from patronage.dbt import BuildError, dbt_environment, project_folder, warehouse_folder
    from patronage.folder import FolderError, umask
    from patronage.pipeline import GateError, Run
    from patronage.publish import BUILD_FILE, PUBLIC_FILE, PublishError, readable
    from patronage.salt import SaltError, salted
    from patronage.steps import Steps

    started = time.monotonic()
    steps = Steps.of_environment()
    warnings: list[str] = []

    def tell(line: str) -> None:
        if line.startswith("warning: "):
            warnings.append(line.removeprefix("warning: "))
        steps.message(line)
        if say:
            say(line)

    folder = Path(project).resolve() if project else project_folder()
    build_id = None

    def failed(kind: str, *faults: str) -> BuildFailed:
        for fault in faults:
            steps.write("error", "fault", message=fault)
        steps.write("error", "failed", seconds=time.monotonic() - started, build_id=build_id)
        return BuildFailed(kind, faults, build_id)

    if fault := wrong_variable():
        raise failed("build", fault)
    try:
        if not (folder / "models/staging/contract.yml").is_file():
            raise PublishError(
                f"{folder} is no project of Patronage; one that has installed it as a package is "
                "built by `dbt build`"
            )
        with ExitStack() as stack:
            # a full disk is told in one line, not in a log's traceback
            stack.callback(setattr, logging, "raiseExceptions", logging.raiseExceptions)
            logging.raiseExceptions = False
            stack.enter_context(umask())
            new_salt = stack.enter_context(salted())
            target = stack.enter_context(dbt_environment(folder))
            if new_salt:
                tell(f"a salt for hashed addresses was made: keep {new_salt}, keys hang on it")
            run = Run(folder, target, options, accept, adopt, tell, progress, steps)
            with run.logged():
                build_id = run.entry["build_id"]
                steps.write("info", "started", build_id=build_id)
                prepare(run)
                tell(f"built and checked in {time.monotonic() - started:.0f} s")
                with steps.timed("publish") as step:
                    rows = run.publish()
                    step["rows"] = sum(rows.values())
                closing = run.answers()
    except GateError as error:
        raise failed("data", *error.args) from error
    except BuildError as error:
        raise failed("build", *error.args) from error
    except (FolderError, PublishError, SaltError) as error:
        raise failed("place", *map(str, error.args)) from error
    except (duckdb.Error, OSError) as error:
        raise failed("place", readable(error, warehouse_folder(folder) / BUILD_FILE)) from error
    entry = run.entry
    seconds = time.monotonic() - started
    steps.write("info", "published", seconds=seconds, rows=sum(rows.values()), build_id=build_id)
    return BuildResult(
        build_id=entry["build_id"],
        file=warehouse_folder(folder) / PUBLIC_FILE,
        warehouse=warehouse_folder(folder),
        as_of=date.fromisoformat(entry["as_of"]) if entry["as_of"] else None,
        rows=rows,
        raw_rows=sum(table["rows"] for table in entry["raw_tables"].values()),
        rejected_rows=entry["rejected_rows"],
        checks_run=entry["checks_run"],
        warnings=tuple(warnings),
        seconds=seconds,
        answers=tuple(closing),
    )
