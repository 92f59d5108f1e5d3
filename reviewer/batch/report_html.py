"""results.sqlite → report.html and a page for each document; they open offline and load nothing from elsewhere."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reviewer.batch.figures import LINES, SEVERITIES, Figures, failures, figures, report_name
from reviewer.batch.results_file import failure

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = "reports"
TEMPLATES = Path(__file__).parent / "templates"
SHOWN_FAILURES = 200
SHOWN_CATEGORIES = 16
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_LOOKS = {"illegal": "i", "risk": "r", "advice": "a"}


class ScoreBar(NamedTuple):
    name: str
    documents: int
    width: float
    look: str


class Part(NamedTuple):
    look: str
    x: float
    width: float


class CategoryBar(NamedTuple):
    name: str
    findings: int
    parts: tuple[Part, ...]


def content(results: sqlite3.Connection) -> bytes:
    """The report of the whole folder."""
    found = figures(results)
    page = _environment().get_template("report.html").render(
        style=(TEMPLATES / "page.css").read_text("utf-8"),
        f=found,
        severities=SEVERITIES,
        line_names=LINES,
        score_bars=_score_bars(found),
        category_bars=_category_bars(found),
        failures=list(islice(failures(results), SHOWN_FAILURES)),
        failure=failure,
        report_name=report_name,
    )
    return page.encode("utf-8", "replace")


def write_documents(results: sqlite3.Connection, output: Path) -> None:
    """A page for every reviewed document; pages of documents that are no longer there are removed."""
    folder = output / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.css").write_bytes((TEMPLATES / "page.css").read_bytes())
    template = _environment().get_template("document.html")
    day = results.execute("SELECT value FROM about WHERE name = '审查日期'").fetchone()[0]
    kept = set()
    for row in results.execute("SELECT * FROM documents WHERE status = 'reviewed'"):
        path = output / report_name(row["sha256"])
        kept.add(os.fspath(path))
        path.parent.mkdir(exist_ok=True)
        same = []
        if row["copies"] > 1:
            query = "SELECT place FROM files WHERE sha256 = ? AND same_as != '' ORDER BY place"
            same = [r[0] for r in results.execute(query, (row["sha256"],))]
        page = template.render(
            d=row, name=row["place"].rpartition("/")[2], day=day, same=same, severities=SEVERITIES,
            line=LINES.get(row["line"], row["line"]),
            notes=json.loads(row["notes"]),
            findings=results.execute("SELECT * FROM findings WHERE sha256 = ? ORDER BY n", (row["sha256"],)).fetchall(),
        )  # fmt: skip
        path.write_bytes(page.encode("utf-8", "replace"))
    for path in folder.glob("??/*.html"):
        if os.fspath(path) not in kept:
            path.unlink()


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_clean,
    )  # fmt: skip
    environment.filters["basename"] = lambda place: place.rpartition("/")[2]
    return environment


def _clean(value: Any) -> Any:
    return _CONTROL.sub("\ufffd", value) if isinstance(value, str) and _CONTROL.search(value) else value


def _score_bars(found: Figures) -> list[ScoreBar]:
    looks = ("g", "g", "r", "r", "i", "i")
    counts = [(b.name, b.documents, look) for b, look in zip(found.bands, looks, strict=True)]
    counts.append(("未评分", found.unscored, "n"))
    most = max(count for _, count, _ in counts) or 1
    return [ScoreBar(name, count, round(100 * count / most, 2), look) for name, count, look in counts]


def _category_bars(found: Figures) -> list[CategoryBar]:
    shown = found.categories[:SHOWN_CATEGORIES]
    most = max((c.findings for c in shown), default=1)
    return [_category_bar(c.name, {"illegal": c.illegal, "risk": c.risk, "advice": c.advice}, most) for c in shown]


def _category_bar(name: str, counts: dict[str, int], most: int) -> CategoryBar:
    parts, x = [], 0.0
    for severity, count in counts.items():
        width = round(100 * count / most, 2)
        if count:
            parts.append(Part(_LOOKS[severity], round(x, 2), width))
        x += width
    return CategoryBar(name, sum(counts.values()), tuple(parts))

