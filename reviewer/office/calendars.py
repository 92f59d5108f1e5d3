"""What an administrator enters into the working calendar: days off, days worked, years published."""

from __future__ import annotations

import datetime as dt

from reviewer.errors import UsageError
from reviewer.office import audit
from reviewer.office.desk import Office
from reviewer.office.moving import recount
from reviewer.office.records import User
from reviewer.office.roles import require


def enter_days(office: Office, actor: User, days: dict[dt.date, tuple[str, str]], today: dt.date) -> int:
    """`days` maps a day to (rest | work | remove, name); how many open deadlines moved by it."""
    require(actor, "manage:calendar")
    for day, (kind, _) in days.items():
        if kind not in ("rest", "work", "remove"):
            raise UsageError("日期类型可用：rest 放假、work 上班、remove 取消")
        if not today.year - 2 <= day.year <= today.year + 3:
            raise UsageError(f"{day} 不在可以维护的年份（{today.year - 2}—{today.year + 3}年）之内")
    with office.store.writing() as db:
        for day, (kind, name) in days.items():
            db.run("DELETE FROM workdays WHERE day = ?", [day.isoformat()])
            if kind != "remove":
                db.insert("workdays", {"day": day.isoformat(), "kind": kind, "name": name.strip()[:30] or "调整"})
        shown = {d.isoformat(): kind for d, (kind, _) in days.items()}
        audit.record(db, actor.account, "维护工作日历", "", days=shown)
    return recount(office, today)


def publish_year(office: Office, actor: User, year: int, published: bool, today: dt.date) -> int:
    """Say that a year's official arrangement is entered in full (or not yet); how many deadlines were restated."""
    require(actor, "manage:calendar")
    with office.store.writing() as db:
        db.run("DELETE FROM published_years WHERE year = ?", [year])
        if published:
            db.insert("published_years", {"year": year})
        audit.record(db, actor.account, "确认年度放假安排", str(year), published=published)
    return recount(office, today)


def entered(office: Office, year: int) -> list[tuple[dt.date, str, str]]:
    with office.store.reading() as db:
        rows = db.rows("SELECT * FROM workdays WHERE day LIKE ? ORDER BY day", [f"{year}-%"])
    return [(dt.date.fromisoformat(r["day"]), r["kind"], r["name"]) for r in rows]
