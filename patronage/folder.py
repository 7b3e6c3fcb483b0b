"""The warehouse folder: what in it is ours, who may read it, and that no link leads out of it.

Nothing is replaced, removed or written through that a build has not made: the folder carries our
marker, the name is one that we write, and what lies there looks like our work.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TextIO

MARKER = ".patronage"
LOCK = ".lock"
MARK = "A warehouse of Patronage, which replaces and removes what it has written here.\n"
# what lies in a folder that nobody has used yet: a clone's, a new disk's
UNUSED = {".gitignore", "lost+found"}
# what dbt by itself writes, before there is a marker
BY_DBT = re.compile(r"build\.duckdb(\.wal|\.tmp)?|target|logs|spark|spark_catalog")
# folders of a project that hold code, settings or raw files
OF_PROJECT = ("models", "macros", "seeds", "tests", "patronage", "analyses", "profiles", "data",
              ".git", ".github", ".ci", ".venv", ".venv-spark", ".venv-bi")  # fmt: skip

UMASK = os.umask(0o077)  # the caller's: read by setting it, and set again at once
os.umask(UMASK)


class FolderError(Exception):
    """A file or folder is not ours to use, for the reason that the message gives in one line."""


def _some_of(*names: str) -> Callable[[set[str]], bool]:
    """Whether a folder is empty or holds one of these names."""
    return lambda found: not found or bool(found & set(names))


def _all_like(pattern: str) -> Callable[[set[str]], bool]:
    """Whether a folder holds nothing but names of this pattern."""
    return lambda found: all(re.fullmatch(pattern, name) for name in found)


# names that we write, as what, and how a folder of our make is told from another of the same name
OURS: tuple[tuple[str, str, Callable[[set[str]], bool] | None], ...] = (
    (r"(build|patronage|\.candidate)\.duckdb(\.wal(\.[a-z]+)?)?", "file", None),
    (r"\.patronage|\.lock|\.build_log\.json\.new|build_log\.json", "file", None),
    (r"(build|patronage|\.candidate)\.duckdb\.tmp", "folder", _all_like("duckdb_temp_.*")),
    (r"target", "folder", _some_of("manifest.json", "partial_parse.msgpack", "logs")),
    (r"logs", "folder", _some_of("dbt.log")),
    (r"spark", "folder", _all_like(r".*\.db")),
    (r"spark_catalog", "folder", _some_of("service.properties")),
    (r"\.(parquet|data_docs|report)\.[0-9]+-[0-9]{20}", "folder", None),
    (r"(parquet|data_docs|report)|\.(parquet|data_docs|report)\.link", "link", None),
)
# of these, what anybody who may enter the folder may read
PUBLIC = re.compile(
    r"patronage\.duckdb|build_log\.json|\.?(parquet|data_docs|report)\b.*|\.patronage"
)


@contextlib.contextmanager
def umask(mask: int = 0o077) -> Iterator[None]:
    """Create files with these rights taken away meanwhile: all others', unless told otherwise."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def for_readers(*paths: Path) -> None:
    """Give files and folders the rights that the caller's umask leaves to what is published."""
    for path in paths:
        path.chmod((0o777 if path.is_dir() else 0o666) & ~UMASK)


def open_plain(path: Path, flags: int) -> int:
    """Open a plain file, a new one for the user alone; a link is not followed.

    Returns a file descriptor. Raises FolderError for a link or anything else that is no plain file.
    """
    never = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # nor wait for a pipe's other end
    try:
        descriptor = os.open(path, flags | never, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise FolderError(f"{path} is a link: remove it") from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FolderError(f"{path} is no plain file: remove it")
    return descriptor


def open_private(path: Path) -> TextIO:
    """Open a file anew for writing UTF-8, the user's alone; line ends stay as given.

    Raises OSError, and FolderError for a link or anything else that is no plain file.
    """
    descriptor = open_plain(path, os.O_WRONLY | os.O_CREAT)
    os.fchmod(descriptor, 0o600)  # before it is emptied and filled: it may be an old one
    os.truncate(descriptor, 0)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def kind_of(path: Path) -> str | None:
    """What lies at a path: a file, folder, link or something else; None: nothing."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    return kinds.get(stat.S_IFMT(mode), "device")


def foreign(path: Path) -> str | None:
    """Why something in the warehouse folder is not of our make, in words; None: it is."""
    for pattern, kind, is_ours in OURS:
        if not re.fullmatch(pattern, path.name):
            continue
        found = kind_of(path)
        if found == "link":
            name = path.name.lstrip(".").removesuffix(".link")
            inside = rf"\.{name}\.[0-9]+-[0-9]{{20}}"
            if kind == "link" and re.fullmatch(inside, os.readlink(path)):
                return None
            return f"is a link{' that no build has made' if kind == 'link' else ''}: remove it"
        if found != kind:
            return f"is a {found} where a build makes a {kind}: move it away"
        if is_ours and not is_ours({entry.name for entry in path.iterdir()}):
            return "holds what no build has written: move it away"
        return None
    return "is not among what a build writes"


def is_database(path: Path) -> bool:
    """Whether a file begins like one of DuckDB."""
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        return file.read(12)[8:] == b"DUCK"


def remove(*paths: Path) -> None:
    """Remove files, folders and links of our make that may or may not be there.

    Raises FolderError for what is not of our make.
    """
    for path in paths:
        kind = kind_of(path)
        if kind is None:
            continue
        if reason := foreign(path):
            raise FolderError(f"{path} {reason}")
        if kind == "folder":
            shutil.rmtree(path)
        else:
            path.unlink()


def forget_run(target: Path) -> None:
    """Remove the logs and compiled models of the last run from a target folder that dbt made."""
    if not any((target / name).is_file() for name in ("manifest.json", "partial_parse.msgpack")):
        return
    for name in ("logs", "run", "compiled"):
        if kind_of(target / name) == "folder":
            shutil.rmtree(target / name, ignore_errors=True)


def refuse_place(warehouse: Path, project: Path, data: Iterable[Path]) -> None:
    """Raise FolderError where a build would write among code or raw files, or into a file."""
    package = Path(__file__).resolve().parent
    raw = [folder.resolve() for folder in data]
    other = "name another folder in PATRONAGE_WAREHOUSE"
    if re.search(r"[?\x00-\x1f\x7f]", str(warehouse)):
        raise FolderError(f"{str(warehouse)!r} has a sign that DuckDB takes for its own: {other}")
    if kind_of(warehouse) not in (None, "folder"):
        raise FolderError(f"{warehouse} is no folder: {other}")
    for kept in (project.resolve(), package, *raw):
        if warehouse in (kept, *kept.parents):
            raise FolderError(f"{warehouse} holds {kept}, which is not to be written to: {other}")
    for kept in (*((project / name).resolve() for name in OF_PROJECT), package, *raw):
        if kept in (warehouse, *warehouse.parents):
            raise FolderError(f"{warehouse} lies in {kept}, which is not to be written to: {other}")


def is_marked(warehouse: Path) -> bool:
    """Whether a folder carries our marker."""
    marker = warehouse / MARKER
    if kind_of(marker) is None:
        return False
    with os.fdopen(open_plain(marker, os.O_RDONLY), "rb") as file:
        return file.read(len(MARK) + 1) == MARK.encode()


def is_known(warehouse: Path) -> bool:
    """Whether a folder without a marker is unused or certainly ours: dbt's or an earlier release's.

    It then holds nothing else.
    """
    import duckdb

    from patronage.database import columns_of, opened  # which ask this module what a file is

    found = [path for path in warehouse.iterdir() if path.name not in UNUSED]
    if any(foreign(path) for path in found):
        return False
    databases = [path for path in found if path.name in ("build.duckdb", "patronage.duckdb")]
    if not all(map(is_database, databases)):
        return False
    if all(BY_DBT.fullmatch(path.name) for path in found):
        return True
    if kind_of(warehouse / "patronage.duckdb") is None:
        return False
    try:
        with opened(warehouse / "patronage.duckdb") as connection:
            return bool(columns_of(connection, "core", "build_log"))
    except duckdb.Error:
        return False


def claim(warehouse: Path, project: Path, data: Iterable[Path] = (), adopt: bool = False) -> None:
    """Take a folder for builds, made if need be: mark it as ours, and close what is private in it.

    `data` are the folders of raw files. A folder that holds anything unknown is taken only when
    `adopt` says so. Raises FolderError with one line.
    """
    refuse_place(warehouse, project, data)
    try:
        with umask(UMASK):
            warehouse.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderError(f"{warehouse} cannot be made: {error.strerror}") from error
    marked = is_marked(warehouse)
    if not (marked or adopt or is_known(warehouse)):
        raise FolderError(
            f"{warehouse} is not empty and no build has made it: name another folder in "
            "PATRONAGE_WAREHOUSE, or take it as it is with --adopt"
        )
    for path in sorted(warehouse.iterdir()):
        if not any(re.fullmatch(pattern, path.name) for pattern, *_ in OURS):
            continue
        if reason := foreign(path):
            raise FolderError(f"{path} {reason}")
        if not PUBLIC.fullmatch(path.name):
            close(path)
    for path in (*(warehouse / "target").glob("*"), *(warehouse / "target" / "logs").glob("*")):
        if path.is_symlink():
            raise FolderError(f"{path} is a link: remove it")
    if not marked:
        with contextlib.suppress(FileExistsError):  # another has just taken it, too
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(open_plain(warehouse / MARKER, flags), "w") as file:
                file.write(MARK)


def close(path: Path) -> None:
    """Take all others' rights to what an earlier release or dbt has left open."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        with contextlib.suppress(PermissionError):  # another user's, who has to do it
            path.chmod(mode & 0o700)


def empty(warehouse: Path, *names: str) -> None:
    """Remove what was built from a marked folder, or only these names, and nothing else.

    The marker goes when nothing is left. Raises FolderError.
    """
    ours = [path for path in warehouse.iterdir() if not foreign(path)]
    last = [warehouse / LOCK, warehouse / MARKER]
    remove(*(path for path in ours if path not in last and (not names or path.name in names)))
    if {path.name for path in warehouse.iterdir()} <= {LOCK, MARKER} | UNUSED and not names:
        remove(*last)
