"""Raw files of no known system: their columns, and a few values of each, to guess by.

Whatever delimiter and encoding a file has: what is found out here a draft says to the reader.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import duckdb

from patronage.database import NO_EXTENSIONS, literal

ROWS = 1000  # that are looked at
LONGEST = 200  # of a value, in signs
CSV = re.compile(r"\.(csv|tsv)(\.gz)?$", re.IGNORECASE)
JSON = re.compile(r"\.(jsonl|ndjson)(\.gz)?$", re.IGNORECASE)
PARQUET = re.compile(r"\.parquet$", re.IGNORECASE)


@dataclass
class RawTable:
    """Files (or a database's table) that are one raw table."""

    stem: str  # of their names
    delimiter: str | None = None  # where it is not that of the ending
    encoding: str | None = None  # where it is not UTF-8
    columns: dict[str, list[str]] = field(default_factory=dict)  # name as it stands: values
    rows: list[dict[str, str]] = field(default_factory=list)


def raw_tables(folder: Path) -> tuple[list[RawTable], list[str]]:
    """Return the raw tables that lie in a folder, and a line for each file that cannot be read.

    Files whose names differ by numbers alone, and those below one folder, are one table.
    """
    found: dict[str, RawTable] = {}
    notes = []
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if not path.is_file() or any(part.startswith((".", "_")) for part in place.parts):
            continue
        stem = place.parts[0] if len(place.parts) > 1 else stem_of(path.name)
        stem = re.sub(r"[-_ ().0-9]+$", "", stem) or stem
        try:
            read = read_file(path, stem)
        except (OSError, ValueError, csv.Error, duckdb.Error, EOFError) as error:
            notes.append(f"{place}: {next(iter(str(error).splitlines()), 'not readable')}")
            continue
        if read is None:
            notes.append(f"{place}: not read; save it as CSV UTF-8")
        elif stem.lower() not in found:
            found[stem.lower()] = read
        elif (known := found[stem.lower()]).delimiter != read.delimiter:
            notes.append(f"{place}: divided by another sign than the others of {stem}: not read")
        else:
            known.encoding = known.encoding or read.encoding
            for name, values in read.columns.items():
                known.columns.setdefault(name, values)
    return list(found.values()), notes


def stem_of(name: str) -> str:
    """Return a file's name without the ending."""
    for ending in (CSV, JSON, PARQUET):
        name = ending.sub("", name)
    return name


def read_file(path: Path, stem: str) -> RawTable | None:
    """Read a file's columns and first rows; None: of another kind than is read.

    Raises ValueError, csv.Error, OSError or duckdb.Error where it is broken.
    """
    if CSV.search(path.name):
        return read_csv(path, stem)
    if JSON.search(path.name):
        with opened_text(path, "utf-8") as lines:
            objects = [json.loads(line) for line, _ in zip(lines, range(ROWS), strict=False)]
        rows = [
            {key: as_text(value) for key, value in one.items()}
            for one in objects
            if isinstance(one, dict)
        ]
        return with_rows(
            RawTable(stem), list(dict.fromkeys(key for row in rows for key in row)), rows
        )
    if PARQUET.search(path.name):
        with duckdb.connect(config=NO_EXTENSIONS) as connection:
            connection.execute("set TimeZone = 'UTC'")
            pattern = re.sub(r"([][*?])", r"[\1]", str(path))
            read = f"from read_parquet({literal(pattern)}, hive_partitioning = false)"
            names = [name for name, *_ in connection.execute(f"describe {read}").fetchall()]
            columns = connection.execute(
                f"select columns(*)::varchar from ({read} limit {ROWS})"
            ).fetchall()
        return with_rows(
            RawTable(stem), names, [dict(zip(names, row, strict=True)) for row in columns]
        )
    return None


def as_text(value: Any) -> str:
    """Return a value of JSON as the text by which it is read."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def opened_text(path: Path, encoding: str) -> TextIO:
    """Open a text file, packed or not."""
    packed = path.name.lower().endswith(".gz")
    if packed:
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def encoding_of(path: Path) -> str | None:
    """Return latin-1 where a text file is that; None: UTF-8. Raises ValueError for others."""
    packed = path.name.lower().endswith(".gz")
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_unicode, beyond_latin = True, False
    with gzip.open(path) if packed else path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and is_unicode:
                raise ValueError("it is UTF-16: save it as CSV UTF-8")
            if is_unicode:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_unicode = False
            beyond_latin = beyond_latin or bool(re.search(rb"[\x80-\x9f]", chunk))
    if is_unicode:
        return None
    if beyond_latin:
        raise ValueError(
            "it is neither UTF-8 nor latin-1 (Windows-1252?): save it as CSV UTF-8, or"
            " iconv -f CP1252 -t UTF-8"
        )
    return "latin-1"


def read_csv(path: Path, stem: str) -> RawTable:
    """Read a CSV file's header and first rows, by the delimiter that its header line has."""
    encoding = encoding_of(path)
    usual = "\t" if ".tsv" in path.name.lower() else ","
    with opened_text(path, encoding or "utf-8-sig") as text:
        line = text.readline(1 << 20)
        if not line.strip():
            raise ValueError("no header line")
        outside = re.sub(r'"[^"]*"', "", line)
        delimiter = max((usual, ",", ";", "\t", "|"), key=outside.count)
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        names = [name.strip() for name in next(reader)]
        rows = [
            dict(zip(names, row, strict=False))
            for row, _ in zip(reader, range(ROWS), strict=False)
            if row
        ]
    divider = None if delimiter == usual else delimiter
    return with_rows(RawTable(stem, divider, encoding), names, rows)


def with_rows(table: RawTable, names: Iterable[str], rows: list[dict[str, Any]]) -> RawTable:
    """Give a raw table its columns and the values of its rows; of a name the first column."""
    table.rows = [
        {name: (value or "").strip()[:LONGEST] for name, value in row.items()} for row in rows
    ]
    for name in names:
        if name:
            table.columns.setdefault(name, [row.get(name, "") for row in table.rows])
    return table


def database_tables(samples: dict[str, dict[str, Any]]) -> list[RawTable]:
    """Return the tables of a database from what a first look has taken (macro table_samples)."""
    return [
        with_rows(
            RawTable(name),
            sample["columns"],
            [
                {key: as_text(value) for key, value in json.loads(row).items()}
                for row in sample["rows"]
            ],
        )
        for name, sample in samples.items()
    ]
