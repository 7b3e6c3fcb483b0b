"""What is in a workbook (.xlsx) before DuckDB reads it: sheets, header, and which cells are dates.

DuckDB's reader gives a cell's bare value as text: of a date the days since 1900, 45292.5. Whether
it is one only the cell's format tells, which is looked up here, cell by cell (ECMA-376, part 1,
18.8.30). Nothing of a file is held but its header and numbers of cells.
"""

from __future__ import annotations

import contextlib
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Any
from xml.parsers import expat

BLANKS = " \t\r\n"
DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])  # built in
WITH_TIME = frozenset([*range(18, 23), *range(45, 48)])
SAVE = "save it anew with a spreadsheet, or as CSV UTF-8"


class WorkbookError(Exception):
    """A workbook cannot be read for certain; the message says why, without its name."""


class FirstRowError(Exception):
    """The first row that holds data is over: no more of the sheet is wanted."""


def workbook(path: str, most: float) -> str:
    """Tell as JSON what is in a workbook, or its `fault`; one that unpacks too far is one.

    `most` is how many bytes there may be in each of the file's. Of the only sheet with data come
    `sheet`, `range` (below the header), `is_1904` and `columns`: name, kind (text, number, date,
    time, or mixed: dates and numbers), and how many cells are filled.
    """
    if "://" in path:
        return json.dumps({"fault": f"workbooks are read from a disk only: {SAVE}"})
    try:
        status = Path(path).stat()
        return looked_at(path, most, status.st_size, status.st_mtime_ns)
    except WorkbookError as error:
        return json.dumps({"fault": str(error)})
    except (OSError, zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError,
            RuntimeError, KeyError, ValueError, IndexError):  # fmt: skip
        return json.dumps({"fault": f"no workbook, or a damaged one: {SAVE}"})


@lru_cache(64)
def looked_at(path: str, most: float, size: int, changed: int) -> str:
    """Return what is in a workbook; `size` and `changed` tell that it is the same file."""
    with open(path, "rb") as file:
        if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise WorkbookError(f"it has a password, or is of an old kind (.xls): {SAVE}")
    with zipfile.ZipFile(path) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > most * size:
            raise WorkbookError(
                f"{size} bytes unpack to {unpacked}, more than {most:g} from each"
                " (var max_unpacked_share)"
            )
        sheets, is_1904 = sheets_of(parts)
        filled = [(name, sheet) for name, part in sheets if (sheet := Sheet(parts, part)).header]
        if len(filled) > 1:
            return json.dumps({"sheets": [name for name, _ in filled]})
        if not filled:
            raise WorkbookError("no header line; the workbook is empty")
        ((name, sheet),) = filled
        return json.dumps({"sheet": name, "is_1904": is_1904, **sheet.told()})


def parse(file: IO[bytes], start: Callable[[str, dict[str, str]], None],
          end: Callable[[str, str], None] | None = None) -> None:  # fmt: skip
    """Read XML: `start` gets each tag and its attributes, `end` a tag and the text just in it.

    Names are without their namespace. A document that declares entities is refused.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    text: list[str] = []

    def begun(tag: str, attributes: dict[str, str]) -> None:
        text.clear()
        start(tag.rpartition(" ")[2], {k.rpartition(" ")[2]: v for k, v in attributes.items()})

    def ended(tag: str) -> None:
        if end:
            end(tag.rpartition(" ")[2], "".join(text))
        text.clear()

    def refused(*_: object) -> None:
        raise WorkbookError(f"no workbook, or a damaged one: {SAVE}")

    parser.StartElementHandler, parser.EndElementHandler = begun, ended
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = refused
    parser.ParseFile(file)


def sheets_of(parts: zipfile.ZipFile) -> tuple[list[tuple[str, str]], bool]:
    """Return each sheet's name and part, and whether its days are counted from 1904."""
    found: list[tuple[str, str]] = []
    targets: dict[str, str] = {}
    is_1904 = False

    def of_workbook(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_1904
        if tag == "workbookPr":
            is_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif tag == "sheet":
            found.append((attributes["name"], attributes["id"]))

    def of_relations(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes["Type"].endswith("/worksheet"):
            targets[attributes["Id"]] = attributes["Target"]

    with parts.open("xl/workbook.xml") as file:
        parse(file, of_workbook)
    with parts.open("xl/_rels/workbook.xml.rels") as file:
        parse(file, of_relations)
    return [
        (name, str(PurePosixPath("/xl", targets[key])).lstrip("/"))
        for name, key in found
        if key in targets  # a sheet that is a diagram holds no cells
    ], is_1904


def formats_of(parts: zipfile.ZipFile) -> list[str]:
    """Return what each cell format shows a number as: number, date or time."""
    own: dict[int, str] = {}
    kinds: list[str] = []
    inside = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside = tag
        elif tag == "numFmt" and inside != "dxfs":
            own[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif tag == "xf" and inside == "cellXfs":
            kinds.append(kind_of_format(int(attributes.get("numFmtId", "0")), own))

    if "xl/styles.xml" in parts.namelist():
        with parts.open("xl/styles.xml") as file:
            parse(file, start)
    return kinds


def kind_of_format(number: int, own: dict[int, str]) -> str:
    """Return what a format shows a number as, by its number or the code that it has here."""
    if number not in own:
        return "time" if number in WITH_TIME else "date" if number in DATES else "number"
    code = re.sub(r'"[^"]*"|\\.|_.|\*.', "", own[number])
    code = re.sub(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]", "", code, flags=re.IGNORECASE)
    if re.fullmatch("general", code.strip(), re.IGNORECASE) or not re.search(
        "[ymdhs]", re.sub("general", "", code, flags=re.IGNORECASE), re.IGNORECASE
    ):
        return "number"
    return "time" if re.search("[hs]", code, re.IGNORECASE) else "date"


def place_of(reference: str) -> tuple[int, int]:
    """Return the row and the column of a cell by its name: C5 is 5, 3."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(reference)
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]), column


def letters_of(column: int) -> str:
    """Return a column's letters: 28 is AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Sheet:
    """The cells of a sheet."""

    def __init__(self, parts: zipfile.ZipFile, part: str) -> None:
        """Read the header: the first row with a cell that is not empty."""
        self.parts, self.part = parts, part
        self.header: dict[int, str] = {}  # by column: its text, or the number of it
        self.row = 0
        self.shared: set[int] = set()  # columns whose header is a number of a shared text

        def of_header(row: int, column: int, kind: str, style: int, value: str) -> None:
            if self.header and row > self.row:
                raise FirstRowError
            self.row = row
            self.header[column] = value
            if kind == "s":
                self.shared.add(column)

        with contextlib.suppress(FirstRowError):
            self.read_cells(of_header)

    def read_cells(self, found: Callable[[int, int, str, int, str], None]) -> None:
        """Call `found` with each cell that holds anything: row, column, kind, style, value."""
        row, column, kind, style = 0, 0, "", 0
        value, is_formula = "", False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, column, kind, style, value, is_formula
            if tag == "row":
                row, column = int(attributes.get("r", row + 1)), 0
            elif tag == "c":
                column += 1
                if "r" in attributes:
                    row, column = place_of(attributes["r"])
                kind, style = attributes.get("t", "n"), int(attributes.get("s", "0"))
                value, is_formula = "", False

        def end(tag: str, text: str) -> None:
            nonlocal value, is_formula
            if tag == "v" or (tag == "t" and kind == "inlineStr"):
                value += text
            elif tag == "f":
                is_formula = True
            elif tag == "c":
                if is_formula and kind != "str" and not value.strip(BLANKS):
                    raise WorkbookError(
                        f"cell {letters_of(column)}{row} is a formula without its value: {SAVE}"
                    )
                if value.strip(BLANKS):
                    found(row, column, kind, style, value)
                value = ""

        with self.parts.open(self.part) as file:
            parse(file, start, end)

    def read_shared(self) -> tuple[dict[int, str], set[int], set[int]]:
        """Return the header's texts by their numbers, and which texts are numbers, and empty."""
        wanted = {int(self.header[column]) for column in self.shared}
        texts: dict[int, str] = {}
        numbers: set[int] = set()
        empty: set[int] = set()
        place, is_spoken, value = -1, False, ""

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal place, is_spoken, value
            if tag == "si":
                place, value = place + 1, ""
            elif tag == "rPh":  # how it is pronounced
                is_spoken = True

        def end(tag: str, text: str) -> None:
            nonlocal is_spoken, value
            if tag == "t" and not is_spoken:
                value += text
            elif tag == "rPh":
                is_spoken = False
            elif tag == "si":
                if place in wanted:
                    texts[place] = value
                if not value.strip(BLANKS):
                    empty.add(place)
                elif is_number(value):
                    numbers.add(place)

        if "xl/sharedStrings.xml" in self.parts.namelist():
            with self.parts.open("xl/sharedStrings.xml") as file:
                parse(file, start, end)
        return texts, numbers, empty

    def told(self) -> dict[str, Any]:
        """Return the range below the header, and its columns."""
        formats = formats_of(self.parts)
        texts, numbers, empty = self.read_shared()
        counts: Counter[tuple[int, str]] = Counter()  # of (column, kind of cell)
        last = self.row

        def of_row(row: int, column: int, kind: str, style: int, value: str) -> None:
            nonlocal last
            if row <= self.row or (kind == "s" and int(value) in empty):
                return
            last = max(last, row)
            counts[column, "filled"] += 1
            if kind == "n":
                shown = formats[style] if style < len(formats) else "number"
                counts[column, "time" if shown == "date" and float(value) % 1 else shown] += 1
            elif int(value) in numbers if kind == "s" else is_number(value):
                counts[column, "like a number"] += 1

        self.read_cells(of_row)
        names = {
            column: texts[int(value)] if column in self.shared else value
            for column, value in self.header.items()
        }
        places = {*names, *(column for column, _ in counts)}
        first, width = min(places), max(places)
        columns = []
        for column in range(first, width + 1):
            days = counts[column, "date"] + counts[column, "time"]
            kind = "time" if counts[column, "time"] else "date"
            if not days:
                kind = "number" if counts[column, "number"] else "text"
            elif counts[column, "number"] + counts[column, "like a number"]:
                kind = "mixed"
            filled = counts[column, "filled"]
            columns.append({"name": names.get(column, ""), "kind": kind, "filled": filled})
        area = f"{letters_of(first)}{self.row + 1}:{letters_of(width)}{last}"
        return {"range": area if last > self.row else None, "columns": columns}


def is_number(text: str) -> bool:
    """Whether a text could be taken for a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
