"""State → results.sqlite: the results of one basis in the order of places, the same bytes for the same results.

Everything else that a batch writes is made from this file; people may query it too. Tables: about, documents (one row
a content), files (one row a file), findings, citations.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from reviewer.batch import near
from reviewer.batch.records import FAILURES, Status
from reviewer.batch.results import CITATION, DOCUMENT, FINDING, WORK, State, columns
from reviewer.batch.walk import folder_of

NAME = "results.sqlite"
_KEPT = [name for name in DOCUMENT if name not in ("sha256", "signature", "status", "reason")]

_SCHEMA = f"""
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE documents (
    sha256 TEXT PRIMARY KEY, place TEXT, unit TEXT, status TEXT, reason TEXT, {columns(_KEPT)},
    illegal INTEGER, risk INTEGER, advice INTEGER, copies INTEGER, versions INTEGER, likeness REAL, annotated TEXT
);
CREATE TABLE files (
    place TEXT PRIMARY KEY, unit TEXT, size INTEGER, sha256 TEXT, status TEXT, reason TEXT, same_as TEXT
);
CREATE TABLE findings (sha256 TEXT, n INTEGER, {columns(FINDING)});
CREATE TABLE citations (sha256 TEXT, n INTEGER, {columns(CITATION)});
"""
_INDEXES = """
CREATE INDEX findings_of ON findings (sha256, n);
CREATE INDEX findings_by_category ON findings (category, severity);
CREATE INDEX citations_of ON citations (sha256, n);
CREATE INDEX citations_by_law ON citations (law);
CREATE INDEX files_by_content ON files (sha256);
CREATE INDEX documents_by_versions ON documents (versions);
"""


def write(state: State, basis: int, about: dict[str, str], path: Path) -> None:
    """The file, put in place in one move."""
    fresh = path.parent / WORK / NAME
    fresh.unlink(missing_ok=True)
    connection = state.connection
    connection.create_function("unit_of", 1, folder_of, deterministic=True)
    connection.execute("ATTACH ? AS target", (str(fresh),))
    try:
        connection.execute("PRAGMA target.journal_mode = OFF")
        connection.execute("PRAGMA target.synchronous = OFF")
        for statement in _SCHEMA.strip().split(";\n"):
            connection.execute(statement.replace("CREATE TABLE ", "CREATE TABLE target.").rstrip(";"))
        with state.transaction():
            connection.executemany("INSERT INTO target.about VALUES (?, ?)", sorted(about.items()))
            _fill(connection, basis)
            _group(connection, basis)
            for statement in _INDEXES.strip().splitlines():
                connection.execute(statement.replace("CREATE INDEX ", "CREATE INDEX target."))
    finally:
        connection.execute("DETACH target")
    fresh.replace(path)


def _fill(connection: sqlite3.Connection, basis: int) -> None:
    kept = ", ".join(f'd."{name}"' for name in _KEPT)
    counts = ", ".join(
        f"(SELECT COUNT(*) FROM findings x WHERE x.base = d.base AND x.sha256 = d.sha256 AND x.severity = '{s}')"
        for s in ("illegal", "risk", "advice")
    )
    firsts = "SELECT sha256, MIN(place) AS place, COUNT(*) AS copies FROM files WHERE sha256 != '' GROUP BY sha256"
    connection.execute(
        f"INSERT INTO target.documents SELECT d.sha256, f.place, unit_of(f.place), d.status, d.reason, {kept}, "
        f"{counts}, f.copies, 0, NULL, COALESCE(c.place, '') "
        f"FROM ({firsts}) f JOIN main.documents d ON d.base = ?1 AND d.sha256 = f.sha256 "
        "LEFT JOIN main.copies c ON c.base = ?1 AND c.sha256 = f.sha256 ORDER BY f.place",
        (basis,),
    )
    connection.execute(
        "INSERT INTO target.files SELECT f.place, unit_of(f.place), f.size, f.sha256, "
        f"COALESCE(d.status, '{Status.UNREADABLE}'), COALESCE(d.reason, f.problem), "
        "CASE WHEN d.place != f.place THEN d.place ELSE '' END "
        "FROM main.files f LEFT JOIN target.documents d ON d.sha256 = f.sha256 ORDER BY f.place"
    )
    for table, names in (("findings", FINDING), ("citations", CITATION)):
        listed = ", ".join(f'x."{name}"' for name in names)
        connection.execute(
            f"INSERT INTO target.{table} SELECT x.sha256, x.n, {listed} FROM target.documents d "
            f"JOIN main.{table} x ON x.base = ? AND x.sha256 = d.sha256 ORDER BY d.place, x.n",
            (basis,),
        )


def _group(connection: sqlite3.Connection, basis: int) -> None:
    """Number the groups of documents that are nearly the same, in the order of their first places."""
    rows = connection.execute(
        "SELECT t.sha256, d.signature FROM target.documents t JOIN main.documents d "
        "ON d.base = ? AND d.sha256 = t.sha256 WHERE t.status = 'reviewed' ORDER BY t.place",
        (basis,),
    ).fetchall()
    found = near.groups([row[1] for row in rows])
    connection.executemany(
        "UPDATE target.documents SET versions = ?, likeness = ? WHERE sha256 = ?",
        [(n, share, rows[i][0]) for n, group in enumerate(found, 1) for i, share in group],
    )


def failure(status: str) -> str:
    """What a person reads of a status that is not a review."""
    return FAILURES[Status(status)]
