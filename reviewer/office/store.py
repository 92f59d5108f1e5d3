"""The database of the data folder: connections, transactions, migrations, and errors as sentences.

SQLite in WAL mode through sqlite-utils. A connection per piece of work; writers begin IMMEDIATE, so that a reader never
has to become a writer half-way (which SQLite refuses at once, whatever the timeout).
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.office.migrations import MIGRATIONS
from reviewer.office.records import StoreError

DATABASE = "office.db"
BUSY_SECONDS = 30.0

Row = dict[str, Any]


def now() -> str:
    """The moment, as every table keeps it: local time with offset, to the millisecond."""
    return dt.datetime.now().astimezone().isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Reading:
    """Questions to the database."""

    connection: sqlite3.Connection

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        return [dict(row) for row in self.connection.execute(sql, values)]

    def one(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
        row = self.connection.execute(sql, values).fetchone()
        return None if row is None else dict(row)

    def value(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        row = self.connection.execute(sql, values).fetchone()
        return None if row is None else row[0]


@dataclass(frozen=True)
class Writing(Reading):
    """A transaction: all of it is kept, or nothing."""

    def insert(self, table: str, record: Mapping[str, Any]) -> int:
        columns = ", ".join(f'"{name}"' for name in record)
        marks = ", ".join(f":{name}" for name in record)
        cursor = self.connection.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', dict(record))
        return int(cursor.lastrowid or 0)

    def insert_all(self, table: str, records: Sequence[Mapping[str, Any]]) -> None:
        if records:
            columns = ", ".join(f'"{name}"' for name in records[0])
            marks = ", ".join(f":{name}" for name in records[0])
            sql = f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'
            self.connection.executemany(sql, [dict(r) for r in records])

    def update(self, table: str, row_id: int, changes: Mapping[str, Any]) -> None:
        sets = ", ".join(f'"{name}" = :{name}' for name in changes)
        self.connection.execute(f'UPDATE "{table}" SET {sets} WHERE id = :id', {**changes, "id": row_id})

    def run(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> int:
        """A statement; how many rows it touched."""
        return self.connection.execute(sql, values).rowcount


@dataclass(frozen=True)
class Store:
    """The database file; `reading` and `writing` open, use and close a connection."""

    path: Path

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with said(self.path), _connection(self.path) as connection:
            connection.execute("BEGIN")  # one snapshot for all questions
            yield Reading(connection)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        with said(self.path), _connection(self.path) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Writing(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()


def open_store(folder: Path) -> Store:
    """The store of a data folder, created and brought up to date as needed."""
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    path = folder / DATABASE
    with said(path):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"不能建立数据目录 {folder}（{error.strerror}），请检查权限和磁盘空间") from None
        with _connection(path) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            schema = Migrations("office")
            for migration in MIGRATIONS:
                schema(name=migration.__name__)(migration)
            schema.apply(sqlite_utils.Database(connection))
    return Store(path)


@contextmanager
def _connection(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut
        yield connection
    finally:
        connection.close()


@contextmanager
def said(path: Path) -> Iterator[None]:
    """SQLite's refusals as sentences; everything was rolled back when one is raised."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise StoreError(_sentence(str(error), path)) from error


def _sentence(error: str, path: Path) -> str:
    if "locked" in error or "busy" in error:
        return "数据库正被其他操作占用，本次操作没有保存，请稍后再试"
    if "full" in error:
        return f"磁盘空间不足，本次操作没有保存。请管理员清理 {path.parent} 所在磁盘后再试"
    if "malformed" in error or "not a database" in error:
        return f"数据库文件 {path.name} 已损坏。请管理员停止服务，用 reviewer restore 恢复最近的备份"
    if "readonly" in error or "unable to open" in error:
        return f"不能写入数据库 {path}，请管理员检查目录权限"
    return f"数据库出错（{error}），本次操作没有保存。请稍后再试，仍不行请联系管理员"
