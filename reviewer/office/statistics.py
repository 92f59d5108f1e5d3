"""Matters and comments of a period → counts by month, unit, line and officer, time taken, adoption, common problems."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reviewer.domain import Severity
from reviewer.office import deadlines, ledger, roles, rows
from reviewer.office.comment_records import ANSWER_NAMES, SEVERITY_NAMES, Answer
from reviewer.office.desk import Office
from reviewer.office.listing import visible
from reviewer.office.records import Matter, Stop, User
from reviewer.office.store import Reading


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a table: matters received, issued, issued in time, working days on average (None: none issued)."""

    name: str
    received: int
    issued: int
    in_time: int
    days: float | None


@dataclass(frozen=True)
class Statistics:
    since: dt.date
    until: dt.date
    by_month: tuple[Group, ...]
    by_unit: tuple[Group, ...]
    by_line: tuple[Group, ...]
    by_handler: tuple[Group, ...]
    categories: tuple[tuple[str, int, int, int], ...]  # category, 违法, 风险, 建议
    answers: tuple[tuple[str, int], ...]
    problems: tuple[tuple[str, str, int], ...]  # unit, problem, how often; the most frequent of each unit

    @property
    def received(self) -> int:
        return sum(g.received for g in self.by_month)


def statistics(office: Office, actor: User, since: dt.date, until: dt.date) -> Statistics:
    """Of the matters submitted from `since` to `until`."""
    roles.require(actor, "page:statistics")
    seen, values = visible(actor)
    values |= {"since": since.isoformat(), "until": until.isoformat()}
    chosen = f"{seen} AND m.submitted_on BETWEEN :since AND :until"
    with office.store.reading() as db:
        matters = [rows.matter(r) for r in db.rows(f"{rows.MATTER} WHERE {chosen} ORDER BY m.submitted_on", values)]
        taken = _taken(office, db, matters, until)
        found = db.rows(
            "SELECT units.name AS unit, c.category_name, c.severity, c.title, c.answer FROM comments c"
            " JOIN matters m ON m.id = c.matter_id JOIN units ON units.id = m.unit_id"
            f" WHERE c.status = 'accepted' AND {chosen}", values)  # fmt: skip
    lines = {line: own.name for line, own in office.lines.items()}
    answers = Counter(r["answer"] for r in found)
    return Statistics(
        since, until, _groups(matters, taken, lambda m: f"{m.submitted_on:%Y-%m}"),
        _sorted(_groups(matters, taken, lambda m: m.unit)), _sorted(_groups(matters, taken, lambda m: lines[m.line])),
        _sorted(_groups(matters, taken, lambda m: m.handler or "尚未分办")), _categories(found),
        tuple((ANSWER_NAMES[a], answers[a.value]) for a in
              (Answer.ACCEPTED, Answer.PARTLY, Answer.REJECTED, Answer.NONE)), _problems(found),
    )  # fmt: skip


def _taken(office: Office, db: Reading, matters: Sequence[Matter], until: dt.date) -> dict[int, tuple[int, bool]]:
    """Working days from acceptance to issue, and whether that was within the line's limit."""
    issued = [m for m in matters if m.issued_on and m.accepted_on]
    if not issued:
        return {}
    calendar, stops = office.calendar(until), defaultdict(list)
    for r in db.rows("SELECT * FROM stops ORDER BY id"):
        stops[r["matter_id"]].append(Stop(dt.date.fromisoformat(r["stopped"]), rows.day(r["resumed"]), r["reason"]))
    found = {}
    for m in issued:
        assert m.accepted_on is not None and m.issued_on is not None
        days = deadlines.used(m.accepted_on, m.issued_on, tuple(stops[m.id]), calendar)
        limit = office.lines[m.line].profiles[m.procedure].review
        late = (m.issued_on - m.accepted_on).days > limit.days if limit.natural else days > limit.days
        found[m.id] = (days, not late)
    return found


def _groups(matters: Iterable[Matter], taken: dict[int, tuple[int, bool]], name: Any) -> tuple[Group, ...]:
    together: dict[str, list[Matter]] = defaultdict(list)
    for matter in matters:
        together[name(matter)].append(matter)
    made = []
    for key, own in together.items():
        done = [taken[m.id] for m in own if m.id in taken]
        days = sum(d for d, _ in done) / len(done) if done else None
        made.append(Group(key, len(own), len(done), sum(ok for _, ok in done), days))
    return tuple(made)


def _sorted(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    return tuple(sorted(groups, key=lambda g: (-g.received, g.name)))


def _categories(found: Iterable[dict[str, Any]]) -> tuple[tuple[str, int, int, int], ...]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for r in found:
        counted[r["category_name"] or "人工意见"][r["severity"]] += 1
    made = [(name, *(c[s.value] for s in Severity)) for name, c in counted.items()]
    return tuple(sorted(made, key=lambda row: (-sum(row[1:]), row[0])))  # type: ignore[arg-type]


def _problems(found: Iterable[dict[str, Any]], each: int = 3) -> tuple[tuple[str, str, int], ...]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for r in found:
        counted[r["unit"]][r["title"]] += 1
    return tuple((unit, title, n) for unit in sorted(counted) for title, n in counted[unit].most_common(each))


def as_workbook(found: Statistics) -> bytes:
    """The same tables as .xlsx."""
    heads, widths = ("名称", "送审", "已签发", "按期签发", "平均用时（工作日）"), (30, 10, 10, 10, 18)

    def lines(groups: tuple[Group, ...]) -> list[list[Any]]:
        return [[g.name, g.received, g.issued, g.in_time, None if g.days is None else round(g.days, 1)] for g in groups]

    severities = [SEVERITY_NAMES[s] for s in Severity]
    return ledger.workbook([
        ("按月", heads, widths, lines(found.by_month)), ("按送审单位", heads, widths, lines(found.by_unit)),
        ("按条线", heads, widths, lines(found.by_line)), ("按承办人", heads, widths, lines(found.by_handler)),
        ("意见类别", ("类别", *severities), (30, 10, 10, 10), [list(c) for c in found.categories]),
        ("采纳情况", ("答复", "条数"), (20, 10), [list(a) for a in found.answers]),
        ("常见问题", ("送审单位", "问题", "次数"), (30, 60, 10), [list(p) for p in found.problems]),
    ])  # fmt: skip
