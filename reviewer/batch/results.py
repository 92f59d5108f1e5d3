"""The results as they come: an SQLite database of the batch, safe against kill -9, from which everything is written.

A result hangs on content and basis (versions, options, review date), not on a file: copies share it, in any folder.
"""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any

from reviewer.batch.records import BatchError, Record, Source, Status, StoredCitation, StoredFinding, digest

WORK = ".work"
DATABASE = "state.sqlite"
LOCK = "lock"
PAGE = 500  # rows fetched at a time where the table changes meanwhile
KEPT_BASES = 3
_WORTH_ANOTHER_TRY = (Status.TIMEOUT, Status.MEMORY, Status.CRASHED, Status.FAILED)

DOCUMENT = [f.name for f in fields(Record) if f.name not in ("findings", "citations")]
FINDING = [f.name for f in fields(StoredFinding)]
CITATION = [f.name for f in fields(StoredCitation)]
_of_finding, _of_citation = attrgetter(*FINDING), attrgetter(*CITATION)
_TYPES = {"characters": "INTEGER", "pages": "INTEGER", "score": "INTEGER", "complete": "INTEGER", "checked": "INTEGER",
          "start": "INTEGER", "end": "INTEGER", "places": "INTEGER", "article": "INTEGER", "confidence": "REAL",
          "signature": "BLOB"}  # fmt: skip


def columns(names: Iterable[str]) -> str:
    """Column definitions of a table; what is not a number is text."""
    return ", ".join(f'"{name}" {_TYPES.get(name, "TEXT")}' for name in names)


SCHEMA = f"""
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bases (id INTEGER PRIMARY KEY, digest TEXT UNIQUE, described TEXT, used INTEGER);
CREATE TABLE IF NOT EXISTS files (
    place TEXT PRIMARY KEY, path BLOB, member INTEGER, size INTEGER, stamp TEXT, sha256 TEXT, problem TEXT, seen INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_by_content ON files (sha256, place);
CREATE TABLE IF NOT EXISTS documents (base INTEGER, {columns(DOCUMENT)}, limits TEXT, PRIMARY KEY (base, sha256));
CREATE TABLE IF NOT EXISTS findings (
    base INTEGER, sha256 TEXT, n INTEGER, {columns(FINDING)}, PRIMARY KEY (base, sha256, n)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS citations (
    base INTEGER, sha256 TEXT, n INTEGER, {columns(CITATION)}, PRIMARY KEY (base, sha256, n)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS citations_by_law ON citations (base, law);
CREATE TABLE IF NOT EXISTS copies (
    base INTEGER, sha256 TEXT, place TEXT, problem TEXT, PRIMARY KEY (base, sha256)
) WITHOUT ROWID;
"""


@contextmanager
def told(output: str | Path) -> Iterator[None]:
    """What the disk and the database refuse, as a sentence; what is done so far is kept."""
    try:
        yield
    except sqlite3.Error as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise no_space(output) from error
        raise BatchError(
            f"{output}：结果库出错（{error}）。请检查磁盘后再次运行；仍不行时加 --fresh 重新开始。"
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise no_space(output) from error
        why = error.strerror or error
        raise BatchError(f"{output}：不能写入（{why}）。请检查目录是否存在、是否有写权限。") from error


def no_space(output: str | Path) -> BatchError:
    return BatchError(f"{output}：磁盘空间不足，已停下，已完成的结果都在。腾出空间后再次运行同一命令，会接着做。")


@contextmanager
def opened(output: Path, *, fresh: bool = False) -> Iterator[State]:
    """The state of the batch in a folder, for one process at a time; `fresh` begins with nothing."""
    work = output / WORK
    with told(output):
        work.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(work / LOCK, timeout=0.2)
        try:
            lock.execute("BEGIN EXCLUSIVE")  # let go by the system when the process ends, however it ends
        except sqlite3.OperationalError:
            lock.close()
            raise BatchError(f"{output}：另一个批量审查正在写入这个目录。请等它结束，或换一个 -o 目录。") from None
        if fresh:
            for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
                (work / name).unlink(missing_ok=True)
        connection = sqlite3.connect(work / DATABASE, isolation_level=None, timeout=30, uri=True)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(SCHEMA)
            yield State(connection)
        finally:
            connection.close()
            lock.close()


@dataclass(frozen=True)
class State:
    """Questions to the database and changes of it; each method is one transaction."""

    connection: sqlite3.Connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> Iterator[sqlite3.Row]:
        yield from self.connection.execute(sql, values)

    def value(self, sql: str, *values: Any) -> Any:
        row = self.connection.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def fact(self, name: str) -> str | None:
        found: str | None = self.value("SELECT value FROM facts WHERE name = ?", name)
        return found

    def remember(self, name: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # ------------------------------------------------------------ 依据 basis

    def basis(self, described: str) -> int:
        """The number of a basis; the least recently used ones and their results are dropped."""
        with self.transaction():
            used = (self.value("SELECT MAX(used) FROM bases") or 0) + 1
            self.connection.execute(
                "INSERT INTO bases (digest, described, used) VALUES (?, ?, ?) "
                "ON CONFLICT (digest) DO UPDATE SET used = excluded.used",
                (digest(described), described, used),
            )
            old = "SELECT id FROM bases ORDER BY used DESC LIMIT -1 OFFSET ?"
            for table in ("documents", "findings", "citations", "copies"):
                self.connection.execute(f"DELETE FROM {table} WHERE base IN ({old})", (KEPT_BASES,))
            self.connection.execute(f"DELETE FROM bases WHERE id IN ({old})", (KEPT_BASES,))
        return int(self.value("SELECT id FROM bases WHERE digest = ?", digest(described)))

    # ------------------------------------------------------------ 文件 files

    def note_files(self, found: Iterable[tuple[Source, str]]) -> Iterator[int]:
        """The files of the folder as they are now; those that did not change keep their content's name. Counts them."""
        run = (self.value("SELECT MAX(seen) FROM files") or 0) + 1
        waiting, count = iter(found), 0
        while batch := list(islice(waiting, PAGE)):
            with self.transaction():
                self.connection.executemany(
                    "INSERT INTO files VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7) ON CONFLICT (place) DO UPDATE SET "
                    "sha256 = CASE WHEN path = ?2 AND member = ?3 AND size = ?4 AND stamp = ?5 AND stamp != '' "
                    "THEN sha256 ELSE '' END, path = ?2, member = ?3, size = ?4, stamp = ?5, problem = ?6, seen = ?7",
                    [(s.place, s.path, s.member, s.size, s.stamp, problem, run) for s, problem in batch],
                )
            count += len(batch)
            yield count
        with self.transaction():
            self.connection.execute("DELETE FROM files WHERE seen != ?", (run,))

    def unidentified(self) -> Iterator[Source]:
        """Files whose content has no name yet, in the order of places."""
        yield from self._sources("sha256 = '' AND problem = ''", "")

    def _sources(self, condition: str, last: str, *values: Any) -> Iterator[Source]:
        query = (
            "SELECT place, path, member, size, stamp FROM files "
            f"WHERE {condition} AND place > ? ORDER BY place LIMIT {PAGE}"
        )
        while page := self.connection.execute(query, (*values, last)).fetchall():
            yield from (Source(*row) for row in page)
            last = page[-1]["place"]

    def identify(self, found: Sequence[tuple[Source, tuple[str, str]]]) -> None:
        with self.transaction():
            self.connection.executemany(
                "UPDATE files SET sha256 = ?, problem = ? WHERE place = ?",
                [(sha, problem, source.place) for source, (sha, problem) in found],
            )

    # ------------------------------------------------------------ 结果 documents

    def try_again(self, basis: int, limits: str, *, all_failures: bool = False) -> None:
        """Forget failures that other limits may spare."""
        marks = ", ".join("?" * len(_WORTH_ANOTHER_TRY))
        with self.transaction():
            self.connection.execute(
                f"DELETE FROM documents WHERE base = ? AND status IN ({marks}) AND (limits != ? OR ?)",
                (basis, *_WORTH_ANOTHER_TRY, limits, all_failures),
            )

    def pending(self, basis: int, *, copies: bool) -> Iterator[tuple[Source, str]]:
        """Contents without a result, each with the first file that holds it, in the order of places."""
        lacking = "d.sha256 IS NULL"
        if copies:
            lacking += " OR (c.sha256 IS NULL AND d.status = 'reviewed')"
        query = (
            "SELECT f.place, f.path, f.member, f.size, f.stamp, f.sha256 FROM files f "
            "LEFT JOIN documents d ON d.base = ?1 AND d.sha256 = f.sha256 "
            "LEFT JOIN copies c ON c.base = ?1 AND c.sha256 = f.sha256 "
            f"WHERE f.place > ?2 AND f.sha256 != '' AND ({lacking}) "
            "AND f.place = (SELECT MIN(o.place) FROM files o WHERE o.sha256 = f.sha256) "
            f"ORDER BY f.place LIMIT {PAGE}"
        )
        last = ""
        while page := self.connection.execute(query, (basis, last)).fetchall():
            for row in page:
                yield Source(*tuple(row)[:5]), row["sha256"]
            last = page[-1]["place"]

    def add(self, basis: int, record: Record, limits: str, copy: tuple[str, str] | None = None) -> None:
        """Keep the result of a content; `copy` is where its annotated copy is, or why there is none."""
        values = [getattr(record, name) for name in DOCUMENT]
        values = [json.dumps(v, ensure_ascii=False) if isinstance(v, tuple) else v for v in values]
        with self.transaction():
            for table, rows in (
                ("documents", [(basis, *values, limits)]),
                ("findings", [(basis, record.sha256, n, *_of_finding(f)) for n, f in enumerate(record.findings)]),
                ("citations", [(basis, record.sha256, n, *_of_citation(c)) for n, c in enumerate(record.citations)]),
            ):
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    self.connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)
            if copy is not None:
                self.connection.execute(
                    "INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?)", (basis, record.sha256, *copy)
                )

    def take_over(self, basis: int, described: str, other: Path) -> None:
        """Results of the same basis from another batch, for contents that are in this folder."""
        path = other / WORK / DATABASE
        if not path.is_file():
            raise BatchError(f"{other}：不是批量审查的结果目录（没有 {WORK}/{DATABASE}）。请检查 --known。")
        self.connection.execute("ATTACH ? AS other", (f"{path.resolve().as_uri()}?mode=ro",))
        try:
            theirs = self.value("SELECT id FROM other.bases WHERE digest = ?", digest(described))
            if theirs is None:
                return
            with self.transaction():
                wanted = (
                    "sha256 IN (SELECT sha256 FROM files) AND sha256 NOT IN "
                    "(SELECT sha256 FROM documents WHERE base = ?1) AND sha256 IN "
                    "(SELECT sha256 FROM other.documents WHERE base = ?2 AND status IN ('reviewed', 'unreadable'))"
                )
                for table, names in (
                    ("findings", ["n", *FINDING]), ("citations", ["n", *CITATION]),
                    ("documents", [*(n for n in DOCUMENT if n != "sha256"), "limits"]),
                ):  # fmt: skip
                    listed = ", ".join(f'"{n}"' for n in names)
                    self.connection.execute(
                        f"INSERT INTO {table} (base, sha256, {listed}) SELECT ?1, sha256, {listed} "
                        f"FROM other.{table} WHERE base = ?2 AND {wanted}",
                        (basis, theirs),
                    )
        finally:
            self.connection.execute("DETACH other")
