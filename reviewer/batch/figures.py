"""results.sqlite → the figures that reports tell: distributions, what is frequent, units, what stands out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reviewer.exports import _wording

LINES = {line.value: name for line, name in _wording.LINES.items()}
SEVERITIES = {severity.value: name for severity, name in _wording.SEVERITIES.items()}
BANDS = ((90, 100), (80, 89), (70, 79), (60, 69), (40, 59), (0, 39))
ROOT = "（根目录）"
WORST, RULES, LAWS = 30, 30, 50


class Band(NamedTuple):
    """Documents whose score is within a range."""

    name: str
    documents: int


class Category(NamedTuple):
    key: str
    name: str
    illegal: int
    risk: int
    advice: int
    documents: int

    @property
    def findings(self) -> int:
        return self.illegal + self.risk + self.advice


class FrequentRule(NamedTuple):
    rule: str
    title: str
    severity: str
    category: str
    documents: int
    findings: int
    suggestion: str
    basis: str


class CitedLaw(NamedTuple):
    law: str
    state: str
    documents: int
    citations: int


class Unit(NamedTuple):
    """A sub-folder: its files (copies counted), how many could not be reviewed, findings of its reviewed files."""

    name: str
    files: int
    failed: int
    score: float | None
    illegal: int
    risk: int
    advice: int


class Worst(NamedTuple):
    sha256: str
    place: str
    title: str
    line: str
    type: str
    score: int | None
    grade: str
    illegal: int
    risk: int
    advice: int
    first: str  # its gravest finding


class Listed(NamedTuple):
    """A reviewed document in the list of all: its figures and its gravest findings, (severity, message) each."""

    sha256: str
    place: str
    title: str
    line: str
    type: str
    score: int | None
    illegal: int
    risk: int
    advice: int
    complete: int  # 0: something is left for a person to look at
    annotated: str
    top: tuple[tuple[str, str], ...]


class Failure(NamedTuple):
    place: str
    status: str
    reason: str


@dataclass(frozen=True)
class Figures:
    about: dict[str, str]
    files: int
    documents: int  # different contents that were reviewed
    copies: int  # files that repeat another
    failures: int
    incomplete: int
    unscored: int
    characters: int
    with_findings: int
    with_illegal: int
    mean_score: float | None
    findings: dict[str, int]  # severity → count
    bands: tuple[Band, ...]
    lines: tuple[tuple[str, str, int], ...]  # line, type, documents
    categories: tuple[Category, ...]
    rules: tuple[FrequentRule, ...]
    repealed: tuple[CitedLaw, ...]
    unknown: tuple[CitedLaw, ...]
    units: tuple[Unit, ...]
    worst: tuple[Worst, ...]
    version_groups: int
    version_documents: int
    failure_kinds: tuple[tuple[str, int], ...]


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The results, read only."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
    finally:
        connection.close()


def figures(results: sqlite3.Connection) -> Figures:
    def one(sql: str) -> int:
        return int(results.execute(sql).fetchone()[0] or 0)

    def table(sql: str, *values: object) -> list[tuple[object, ...]]:
        return [tuple(row) for row in results.execute(sql, values)]

    documents = "documents WHERE status = 'reviewed'"
    mean = results.execute(f"SELECT AVG(score) FROM {documents}").fetchone()[0]
    severities = dict(results.execute("SELECT severity, COUNT(*) FROM findings GROUP BY severity").fetchall())
    return Figures(
        about=dict(results.execute("SELECT name, value FROM about").fetchall()),
        files=one("SELECT COUNT(*) FROM files"),
        documents=one(f"SELECT COUNT(*) FROM {documents}"),
        copies=one("SELECT COUNT(*) FROM files WHERE same_as != ''"),
        failures=one("SELECT COUNT(*) FROM files WHERE status != 'reviewed'"),
        incomplete=one(f"SELECT COUNT(*) FROM {documents} AND NOT complete"),
        unscored=one(f"SELECT COUNT(*) FROM {documents} AND score IS NULL"),
        characters=one(f"SELECT SUM(characters) FROM {documents}"),
        with_findings=one(f"SELECT COUNT(*) FROM {documents} AND illegal + risk + advice > 0"),
        with_illegal=one(f"SELECT COUNT(*) FROM {documents} AND illegal > 0"),
        mean_score=None if mean is None else round(mean, 1),
        findings={severity: severities.get(severity, 0) for severity in SEVERITIES},
        bands=tuple(
            Band(f"{low}—{high}", one(f"SELECT COUNT(*) FROM {documents} AND score BETWEEN {low} AND {high}"))
            for low, high in BANDS
        ),
        lines=tuple(table(f"SELECT line, type, COUNT(*) FROM {documents} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2")),  # type: ignore[arg-type]
        categories=categories(results),
        rules=tuple(FrequentRule(*row) for row in table(_RULES, RULES)),  # type: ignore[arg-type]
        repealed=_cited(results, "state = '已废止'"),
        unknown=_cited(results, "law = '' AND title != ''"),
        units=tuple(Unit(str(row[0]) or ROOT, *row[1:]) for row in table(_UNITS)),  # type: ignore[arg-type]
        worst=tuple(Worst(*row) for row in table(_WORST, WORST)),  # type: ignore[arg-type]
        version_groups=one("SELECT MAX(versions) FROM documents"),
        version_documents=one("SELECT COUNT(*) FROM documents WHERE versions > 0"),
        failure_kinds=tuple(table(
            "SELECT status, COUNT(*) FROM files WHERE status != 'reviewed' GROUP BY 1 ORDER BY 2 DESC, 1"
        )),  # type: ignore[arg-type]
    )  # fmt: skip


_RULES = """
SELECT rule, MIN(title),
       CASE MIN(CASE severity WHEN 'illegal' THEN 0 WHEN 'risk' THEN 1 ELSE 2 END)
       WHEN 0 THEN 'illegal' WHEN 1 THEN 'risk' ELSE 'advice' END, MIN(category_name),
       COUNT(DISTINCT sha256), COUNT(*), MIN(suggestion), MIN(basis)
FROM findings GROUP BY rule ORDER BY 5 DESC, 6 DESC, 1 LIMIT ?
"""
_UNITS = """
SELECT f.unit, COUNT(*), SUM(f.status != 'reviewed'), ROUND(AVG(d.score), 1),
       COALESCE(SUM(d.illegal), 0), COALESCE(SUM(d.risk), 0), COALESCE(SUM(d.advice), 0)
FROM files f LEFT JOIN documents d ON d.sha256 = f.sha256 AND d.status = 'reviewed'
GROUP BY f.unit ORDER BY 5 DESC, 6 DESC, 2 DESC, 1
"""
_WORST = """
SELECT sha256, place, title, line, type, score, grade, illegal, risk, advice,
       (SELECT message FROM findings x WHERE x.sha256 = documents.sha256 ORDER BY n LIMIT 1)
FROM documents WHERE status = 'reviewed' AND illegal + risk + advice > 0
ORDER BY score IS NULL, score, illegal DESC, risk DESC, place LIMIT ?
"""


def categories(results: sqlite3.Connection) -> tuple[Category, ...]:
    """Categories that occur, the most frequent first."""
    rows = results.execute(
        "SELECT category, MIN(category_name), SUM(severity = 'illegal'), SUM(severity = 'risk'), "
        "SUM(severity = 'advice'), COUNT(DISTINCT sha256) FROM findings GROUP BY category ORDER BY COUNT(*) DESC, 1"
    )
    return tuple(Category(*row) for row in rows)


def _cited(results: sqlite3.Connection, condition: str) -> tuple[CitedLaw, ...]:
    rows = results.execute(
        "SELECT CASE WHEN law = '' THEN title ELSE law END, state, COUNT(DISTINCT sha256), COUNT(*) FROM citations "
        f"WHERE {condition} GROUP BY 1, 2 ORDER BY 3 DESC, 4 DESC, 1 LIMIT ?",
        (LAWS,),
    )
    return tuple(CitedLaw(*row) for row in rows)


def documents(results: sqlite3.Connection, *, offset: int, limit: int, top: int = 3) -> tuple[Listed, ...]:
    """A stretch of the reviewed documents, the worst first."""
    rows = results.execute(
        "SELECT sha256, place, title, line, type, score, illegal, risk, advice, complete, annotated FROM documents "
        "WHERE status = 'reviewed' ORDER BY illegal + risk + advice = 0, score IS NULL, score, illegal DESC, "
        "risk DESC, place LIMIT ? OFFSET ?",
        (limit, offset),
    ).fetchall()
    query = "SELECT severity, message FROM findings WHERE sha256 = ? ORDER BY n LIMIT ?"
    return tuple(
        Listed._make((*row, tuple((f[0], f[1]) for f in results.execute(query, (row["sha256"], top))))) for row in rows
    )


def failures(results: sqlite3.Connection) -> Iterator[Failure]:
    """Files that could not be reviewed, in the order of places."""
    for row in results.execute("SELECT place, status, reason FROM files WHERE status != 'reviewed' ORDER BY place"):
        yield Failure(*row)


def report_name(sha256: str) -> str:
    """Where a document's own report stands, relative to the output."""
    return f"reports/{sha256[:2]}/{sha256[:16]}.html"
