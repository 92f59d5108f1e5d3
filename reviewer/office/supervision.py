"""提示、催办、督办: matters whose deadline is near or over → one more paper of the escalation, logged, each once.

near and due today: 提示 to the officer; over by one to three working days: 催办; over by more, or a second time: 督办.
"""

from __future__ import annotations

import datetime as dt

from reviewer.errors import UsageError
from reviewer.office import audit, deadlines, roles, rows
from reviewer.office.desk import Office
from reviewer.office.listing import visible
from reviewer.office.records import Level, Matter, Supervision, User
from reviewer.office.store import Writing, now
from reviewer.office.workdays import Calendar

LEVELS = ("提示", "催办", "督办")
URGED_DAYS = 3


def level_for(matter: Matter, today: dt.date, calendar: Calendar, near: int, earlier: frozenset[str]) -> str:
    """The escalation a matter has reached; `earlier` are the levels reached for its former deadlines."""
    if matter.due.on is None:
        return ""
    standing = deadlines.level(matter.due.on, today, calendar, near)
    if standing in (Level.NEAR, Level.DUE_TODAY):
        return "提示"
    if standing != Level.OVERDUE:
        return ""
    over = -calendar.between(today, matter.due.on)
    if over > URGED_DAYS or "催办" in earlier or "督办" in earlier:
        return "督办"
    return "催办"


def raise_due(office: Office, today: dt.date, *, actor: str = "系统") -> tuple[Supervision, ...]:
    """Write what has become due for supervision since the last time; what was written."""
    calendar = office.calendar(today)
    near = office.settings.near_days
    until = calendar.after(today, near + 1).isoformat()
    made = []
    with office.store.writing() as db:
        earlier = _earlier(db)
        for row in db.rows(f"{rows.MATTER} WHERE m.due_on < ? ORDER BY m.due_on, m.id", [until]):
            matter = rows.matter(row)
            before = frozenset(lv for lv, due in earlier.get(matter.id, ()) if due != row["due_on"])
            level = level_for(matter, today, calendar, near, before)
            reached = {lv for lv, due in earlier.get(matter.id, ()) if due == row["due_on"]}
            if level and not any(LEVELS.index(r) >= LEVELS.index(level) for r in reached):
                made.append(_write(office, db, matter, level, today, calendar, actor))
    return tuple(made)


def supervise(office: Office, actor: User, matter_id: int, level: str, note: str, today: dt.date) -> Supervision:
    """A person raises 催办 or 督办 at once, with a note."""
    if level not in LEVELS:
        raise UsageError(f"督办级别可用：{'、'.join(LEVELS)}")
    calendar = office.calendar(today)
    with office.store.writing() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "supervise", matter)
        if matter.due.on is None:
            raise UsageError("这件事项现在没有期限，不能催办")
        if (level, matter.due.on.isoformat()) in _earlier(db).get(matter_id, ()):
            raise UsageError(f"这一期限已经发出过{level}，请使用更高一级")
        return _write(office, db, matter, level, today, calendar, actor.account, note.strip()[:500])


def _earlier(db: Writing) -> dict[int, tuple[tuple[str, str], ...]]:
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for r in db.rows("SELECT matter_id, level, due_on FROM supervisions"):
        found[r["matter_id"]] = (*found.get(r["matter_id"], ()), (r["level"], r["due_on"]))
    return found


def _write(
    office: Office, db: Writing, matter: Matter, level: str, today: dt.date, calendar: Calendar, actor: str,
    note: str = "",
) -> Supervision:  # fmt: skip
    assert matter.due.on is not None
    name = f"{level}-{today.year}"
    db.run("INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", [name])
    serial = db.value("SELECT value FROM counters WHERE name = ?", [name])
    to = matter.unit if matter.due.party == deadlines.UNIT else matter.handler or "承办机构"
    number = f"{level}〔{today.year}〕{serial}号"
    days_over = max(0, -calendar.between(today, matter.due.on))
    new_id = db.insert("supervisions", {
        "matter_id": matter.id, "level": level, "number": number, "on_day": today.isoformat(),
        "due_on": matter.due.on.isoformat(), "days_over": days_over, "what": matter.due.what, "to_name": to,
        "text": _text(matter, level, today, calendar, note), "created_at": now(),
    })  # fmt: skip
    audit.record(db, actor, level, matter.display_number, number=number)
    row = db.one(f"{rows.SUPERVISION} WHERE s.id = ?", [new_id])
    assert row is not None
    return rows.supervision(row)


def _text(matter: Matter, level: str, today: dt.date, calendar: Calendar, note: str) -> str:
    """What the paper says: matter, deadline, what is asked by when."""
    assert matter.due.on is not None
    standing = deadlines.in_words(matter.due.on, today, calendar)
    what = f"“{matter.title}”（{matter.display_number}）的{matter.due.what}期限为{_cn(matter.due.on)}，{standing}。"
    again = calendar.after(today, 1)
    asked = {
        "提示": "请合理安排，按期办结。",
        "催办": f"请于{_cn(again)}前办结，并书面说明超期原因。",
        "督办": f"请于{_cn(again)}前办结并反馈结果；超期原因和处理情况报分管负责同志，纳入考核。",
    }[level]
    return what + asked + (f"\n{note}" if note else "")


def _cn(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def list_supervisions(office: Office, user: User, *, matter_id: int | None = None, limit: int = 50
                      ) -> tuple[Supervision, ...]:  # fmt: skip
    """The newest first, of the matters that the person may see."""
    condition, values = visible(user)
    with office.store.reading() as db:
        sql = (f"{rows.SUPERVISION} WHERE {condition} AND (:matter IS NULL OR m.id = :matter)"
               " ORDER BY s.id DESC LIMIT :limit")  # fmt: skip
        found = db.rows(sql, {**values, "matter": matter_id, "limit": limit})
    return tuple(rows.supervision(r) for r in found)


def get_supervision(office: Office, user: User, supervision_id: int) -> tuple[Supervision, Matter]:
    with office.store.reading() as db:
        row = db.one(f"{rows.SUPERVISION} WHERE s.id = ?", [supervision_id])
        if row is None:
            raise UsageError("没有这份督办文书")
        matter = rows.get_matter(db, row["matter_id"])
        roles.require_on(user, "view", matter)
        return rows.supervision(row), matter
