"""Questions over many matters, within a person's rights: filtered pages, the deadline board, what moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.office import roles, rows
from reviewer.office.desk import Office
from reviewer.office.records import Level, Matter, Role, State, Step, User
from reviewer.office.store import Reading
from reviewer.office.workdays import Calendar
from reviewer.office.workflow import STATES

OPEN = tuple(s for s, info in STATES.items() if not info.closed and s not in (State.DRAFT, State.RETURNED))
CLOSED = tuple(s for s, info in STATES.items() if info.closed)
WAITING_FOR_UNIT = (State.DRAFT, State.RETURNED, State.SUPPLEMENTING, State.REVISING)
PAGE = 20


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty fields do not filter. `status` is open, closed, all or the key of a state."""

    words: str = ""
    line: str = ""
    status: str = "open"
    unit_id: int | None = None
    handler_id: int | None = None
    level: str = ""
    procedure: str = ""
    due_on: dt.date | None = None
    due_month: str = ""  # 2026-10


@dataclass(frozen=True)
class MatterPage:
    matters: tuple[Matter, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Count:
    """One bar of the board: how many matters stand at each level."""

    name: str
    normal: int
    near: int
    due_today: int
    overdue: int
    key: int | str | None = None

    @property
    def total(self) -> int:
        return self.normal + self.near + self.due_today + self.overdue


@dataclass(frozen=True)
class Board:
    """期限预警 as of a day."""

    on: dt.date
    total: Count
    stopped: int
    by_handler: tuple[Count, ...]
    by_unit: tuple[Count, ...]
    by_line: tuple[Count, ...]
    by_day: Mapping[dt.date, Count]  # of the month shown
    provisional: int


def near_until(today: dt.date, calendar: Calendar, near: int) -> dt.date:
    """The last day that still counts as near."""
    return calendar.after(today, near + 1) - dt.timedelta(days=1)


def visible(user: User) -> tuple[str, dict[str, Any]]:
    """The condition under which a person sees a matter, as SQL over `m`; the twin of roles.may_see."""
    roles.require(user, "view")
    parts, values = [], {"me": user.id, "my_unit": user.unit_id}
    if user.has(Role.APPLICANT):
        parts.append("m.unit_id = :my_unit")
    if roles.is_staff(user):
        parts.append("(m.state <> 'draft' OR m.applicant_id = :me)")
    return f"({' OR '.join(parts)})", values


def search(office: Office, user: User, wanted: Filter, today: dt.date, *, page: int = 1, size: int = PAGE,
           order: str = "updated") -> MatterPage:  # fmt: skip
    """One page of the matters that fit; `order` is updated or due."""
    calendar = office.calendar(today)
    condition, values = _condition(office, user, wanted, today, calendar)
    by = "m.due_on IS NULL, m.due_on, m.id" if order == "due" else "m.updated_at DESC, m.id DESC"
    with office.store.reading() as db:
        total = db.value(f"SELECT count(*) FROM matters m JOIN units ON units.id = m.unit_id WHERE {condition}", values)
        pages = max(1, -(-total // size))
        page = min(max(1, page), pages)
        sql = (f"SELECT m.id FROM matters m JOIN units ON units.id = m.unit_id WHERE {condition}"
               f" ORDER BY {by} LIMIT :size OFFSET :skip")  # fmt: skip
        ids = [r["id"] for r in db.rows(sql, {**values, "size": size, "skip": (page - 1) * size})]
        return MatterPage(_in_order(db, ids), total, page, pages)


def _in_order(db: Reading, ids: list[int]) -> tuple[Matter, ...]:
    marks = ", ".join("?" * len(ids))
    found = {r["id"]: rows.matter(r) for r in db.rows(f"{rows.MATTER} WHERE m.id IN ({marks})", ids)}
    return tuple(found[i] for i in ids)


def _condition(
    office: Office, user: User, wanted: Filter, today: dt.date, calendar: Calendar
) -> tuple[str, dict[str, Any]]:
    seen, values = visible(user)
    parts = [seen]
    for i, word in enumerate(wanted.words.split()[:5]):
        parts.append(f"instr(lower(m.title || ' ' || m.number || ' ' || units.name), :word{i})")
        values[f"word{i}"] = word.lower()
    for name, value in (("line", wanted.line), ("unit_id", wanted.unit_id), ("handler_id", wanted.handler_id),
                        ("procedure", wanted.procedure)):  # fmt: skip
        if value not in ("", None):
            parts.append(f"m.{name} = :{name}")
            values[name] = value
    if wanted.status in ("open", "closed"):
        parts.append(f"m.state IN ({_quoted(OPEN if wanted.status == 'open' else CLOSED)})")
    elif wanted.status and wanted.status != "all":
        parts.append("m.state = :state")
        values["state"] = wanted.status
    if wanted.level:
        parts.append(_level(wanted.level))
        values |= {"today": today.isoformat(),
                   "near": near_until(today, calendar, office.settings.near_days).isoformat()}  # fmt: skip
    if wanted.due_on:
        parts.append("m.due_on = :due_on")
        values["due_on"] = wanted.due_on.isoformat()
    if wanted.due_month:
        parts.append("m.due_on LIKE :due_month")
        values["due_month"] = f"{wanted.due_month}-%"
    return " AND ".join(parts), values


def _level(level: str) -> str:
    return {
        Level.OVERDUE.value: "m.due_on < :today",
        Level.DUE_TODAY.value: "m.due_on = :today",
        Level.NEAR.value: "m.due_on > :today AND m.due_on <= :near",
        Level.NORMAL.value: "m.due_on > :near",
        "warning": "m.due_on <= :near",
        Level.STOPPED.value: "m.due_stopped = 1",
    }.get(level, "0")


def _quoted(states: tuple[State, ...]) -> str:
    return ", ".join(f"'{s.value}'" for s in states)


_LEVELS = """sum(m.due_on > :near) AS normal, sum(m.due_on > :today AND m.due_on <= :near) AS near,
    sum(m.due_on = :today) AS due_today, sum(m.due_on < :today) AS overdue"""


def board(office: Office, user: User, wanted: Filter, today: dt.date, month: str) -> Board:
    """The counts of the deadline page as of a day, and of each day of a month (2026-10)."""
    calendar = office.calendar(today)
    near = near_until(today, calendar, office.settings.near_days)
    condition, values = _condition(office, user, wanted, today, calendar)
    values |= {"today": today.isoformat(), "near": near.isoformat(), "month": f"{month}-%"}
    tables = "FROM matters m JOIN units ON units.id = m.unit_id LEFT JOIN users h ON h.id = m.handler_id"
    due = f"{tables} WHERE {condition} AND m.due_on IS NOT NULL"

    def counts(db: Reading, name: str, key: str, extra: str = "") -> tuple[Count, ...]:
        sql = f"SELECT {name} AS name, {key} AS key, {_LEVELS} {due} {extra} GROUP BY {key}"
        found = [Count(r["name"], r["normal"], r["near"], r["due_today"], r["overdue"], r["key"])
                 for r in db.rows(sql, values)]  # fmt: skip
        return tuple(sorted(found, key=lambda c: (-c.overdue, -c.due_today, -c.near, -c.total, c.name)))

    with office.store.reading() as db:
        total = counts(db, "'全部'", "1")
        lines = counts(db, "m.line", "m.line")
        days = counts(db, "m.due_on", "m.due_on", "AND m.due_on LIKE :month")
        return Board(
            today, total[0] if total else Count("全部", 0, 0, 0, 0),
            db.value(f"SELECT count(*) {tables} WHERE {condition} AND m.due_stopped = 1", values),
            counts(db, "coalesce(h.name, '尚未分办')", "m.handler_id", "AND m.due_party = 'office'"),
            counts(db, "units.name", "m.unit_id"),
            tuple(Count(_line_name(office, c.name), c.normal, c.near, c.due_today, c.overdue, c.key) for c in lines),
            {dt.date.fromisoformat(c.name): c for c in days},
            db.value(f"SELECT count(*) {due} AND m.due_provisional = 1", values),
        )  # fmt: skip


def _line_name(office: Office, key: str) -> str:
    return next((line.name for line in office.lines.values() if line.line.value == key), key)


@dataclass(frozen=True, slots=True)
class Desk:
    """工作台: what waits for the person, what is due, what moved."""

    mine: tuple[Matter, ...]
    mine_total: int
    warnings: tuple[Matter, ...]
    warnings_total: int
    moved: tuple[tuple[Matter, Step], ...]


def desk(office: Office, user: User, today: dt.date, *, size: int = 8) -> Desk:
    """What a person should see first."""
    calendar = office.calendar(today)
    seen, values = visible(user)
    values |= {"size": size, "near": near_until(today, calendar, office.settings.near_days).isoformat()}
    waiting = " OR ".join(_waiting(user)) or "0"
    with office.store.reading() as db:
        def first(condition: str) -> tuple[tuple[Matter, ...], int]:
            total = db.value(f"SELECT count(*) FROM matters m WHERE {seen} AND {condition}", values)
            ids = db.rows(f"SELECT m.id FROM matters m WHERE {seen} AND {condition}"
                          " ORDER BY m.due_on IS NULL, m.due_on, m.id LIMIT :size", values)  # fmt: skip
            return _in_order(db, [r["id"] for r in ids]), total

        mine, warnings = first(f"({waiting})"), first("m.due_on <= :near")
        recent = db.rows(
            f"SELECT h.* FROM history h JOIN matters m ON m.id = h.matter_id WHERE {seen} AND h.id >"
            " (SELECT coalesce(max(id), 0) FROM history) - 500 ORDER BY h.id DESC LIMIT :size", values)  # fmt: skip
        matters = {m.id: m for m in _in_order(db, list({r["matter_id"] for r in recent}))}
        moved = tuple((matters[r["matter_id"]], rows.step(r)) for r in recent)
    return Desk(*mine, *warnings, moved)


def _waiting(user: User) -> list[str]:
    """Conditions under which the next step is this person's."""
    parts = []
    if user.has(Role.APPLICANT):
        parts.append(f"m.unit_id = :my_unit AND m.state IN ({_quoted(WAITING_FOR_UNIT)})")
    if user.has(Role.HANDLER):
        own = tuple(s for s in OPEN if s not in (*WAITING_FOR_UNIT, State.SUBMITTED, State.ACCEPTED, State.AWAITING))
        parts.append(f"m.handler_id = :me AND m.state IN ({_quoted(own)})")
        parts.append("m.state = 'submitted'")
        parts.append("m.applicant_id = :me AND m.state IN ('draft', 'returned')")
    if user.has(Role.APPROVER):
        parts.append("m.state IN ('accepted', 'awaiting') AND coalesce(m.handler_id, 0) <> :me")
    return parts
