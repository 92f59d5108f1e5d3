"""Working days of the People's Republic: statutory holidays, 调休, and which years are only provisional.

python-holidays, overridden day by day by lexicons/workdays/<year>.yaml and by what an administrator entered.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reviewer.errors import LexiconError

FIRST_YEAR = 2015
YEARS_AHEAD = 3


@dataclass(frozen=True)
class YearPlan:
    """放假 and 调休上班 days of a year, as the State Council announced them or as far as they are known."""

    year: int
    published: bool
    rest: Mapping[dt.date, str] = field(default_factory=dict)
    work: Mapping[dt.date, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Calendar:
    """Every working day of the covered years as sorted ordinals; counting is two binary searches."""

    workdays: tuple[int, ...]
    names: Mapping[dt.date, str]
    published: frozenset[int]

    def is_workday(self, day: dt.date) -> bool:
        i = bisect_left(self.workdays, day.toordinal())
        return i < len(self.workdays) and self.workdays[i] == day.toordinal()

    def after(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after `day`, which itself does not count (期间开始之日不计入)."""
        if count <= 0:
            return day
        i = bisect_right(self.workdays, day.toordinal()) + count - 1
        if i >= len(self.workdays):
            end = dt.date.fromordinal(self.workdays[-1])
            raise LexiconError(f"工作日历只到 {end}，不能推算到 {day} 之后第 {count} 个工作日")
        return dt.date.fromordinal(self.workdays[i])

    def between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before."""
        if end < start:
            return -self.between(end, start)
        return bisect_right(self.workdays, end.toordinal()) - bisect_right(self.workdays, start.toordinal())

    def next_workday(self, day: dt.date) -> dt.date:
        """The day itself, or the first working day after it."""
        return day if self.is_workday(day) else self.after(day, 1)

    def provisional(self, start: dt.date, end: dt.date) -> bool:
        """Does the interval touch a year whose holidays are not published?"""
        return any(year not in self.published for year in range(start.year, end.year + 1))


def calendar(plans: Iterable[YearPlan], today: dt.date) -> Calendar:
    """The calendar of FIRST_YEAR to three years ahead; a later plan overrides an earlier one day by day."""
    rest: dict[dt.date, str] = {}
    work: dict[dt.date, str] = {}
    published: set[int] = set()
    for year in range(FIRST_YEAR, today.year + YEARS_AHEAD + 1):
        plan = library_year(year)
        rest.update(plan.rest)
        work.update(plan.work)
        published |= {year} if plan.published else set()
    for plan in plans:
        published |= {plan.year} if plan.published else set()
        for day, name in plan.rest.items():
            rest[day] = name
            work.pop(day, None)
        for day, name in plan.work.items():
            work[day] = name
            rest.pop(day, None)
    first = dt.date(FIRST_YEAR, 1, 1).toordinal()
    last = dt.date(today.year + YEARS_AHEAD, 12, 31).toordinal()
    days = (dt.date.fromordinal(n) for n in range(first, last + 1))
    open_days = tuple(d.toordinal() for d in days if d in work or (d.weekday() < 5 and d not in rest))
    return Calendar(open_days, rest | work, frozenset(published))


@cache
def library_year(year: int) -> YearPlan:
    """What python-holidays knows of a year; published when it holds that year's 调休."""
    import holidays

    known = holidays.country_holidays("CN", years=year, language="zh_CN")
    work = {d: "调休上班" for d in known.weekend_workdays if d.year == year}
    return YearPlan(year, bool(work), dict(known.items()), work)


def read_plans(folder: Path) -> tuple[YearPlan, ...]:
    """lexicons/workdays/<year>.yaml → plans, strict."""
    return tuple(_plan(path) for path in sorted(folder.glob("*.yaml")))


def _plan(path: Path) -> YearPlan:
    from reviewer.lexicon import read_yaml

    try:
        raw = read_yaml(path)
    except ValueError as error:  # YAML reads 2027-13-01 as a date and stumbles
        raise LexiconError(f"{path}：有不存在的日期（{error}），请更正") from None
    allowed = {"year", "published", "rest", "work"}
    if not isinstance(raw, dict) or set(raw) - allowed or str(raw.get("year")) != path.stem:
        raise LexiconError(f"{path}：应有 year（与文件名相同）、published、rest、work，不得有其他键")
    for kind in ("rest", "work"):
        days = raw.get(kind) or {}
        wrong = [str(d) for d in days if not isinstance(d, dt.date)]
        if wrong:
            raise LexiconError(f"{path}：{kind}：{'、'.join(wrong)} 不是日期，应写成 2026-10-01")
    return YearPlan(raw["year"], bool(raw.get("published")), raw.get("rest") or {}, raw.get("work") or {})
