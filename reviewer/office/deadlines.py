"""Matter, profile, stops, calendar → what is due next and how it stands.

The day on which a period begins does not count. The clock stands on working days after the day it was stopped, up to
and including the day it went on again; a period in calendar days that ends on a day off ends on the next working day.
"""

from __future__ import annotations

import datetime as dt

from reviewer.office.lines import Limit, Profile
from reviewer.office.records import NOTHING_DUE, Due, Level, Matter, State, Stop
from reviewer.office.workdays import Calendar

OFFICE, UNIT = "office", "unit"
_UNDER_REVIEW = frozenset({
    State.ACCEPTED, State.ASSIGNED, State.REVIEWING, State.CONSULTING, State.DISCUSSING, State.REVISING,
    State.RECHECKING, State.AWAITING,
})  # fmt: skip


def end_of(start: dt.date, limit: Limit, stops: tuple[Stop, ...], calendar: Calendar) -> dt.date | None:
    """The last day of a period that began on `start`; None while the clock stands."""
    if any(s.resumed is None for s in stops):
        return None
    if limit.natural:
        return calendar.next_workday(start + dt.timedelta(days=limit.days))
    end = calendar.after(start, limit.days)
    while True:  # days lost to stops move the end, which may take in a later stop
        moved = calendar.after(start, limit.days + lost(start, end, stops, calendar))
        if moved == end:
            return end
        end = moved


def lost(start: dt.date, end: dt.date, stops: tuple[Stop, ...], calendar: Calendar) -> int:
    """Working days in (start, end] on which the clock stood; overlapping stops count once."""
    days, reached = 0, start
    for stop in sorted(stops, key=lambda s: s.stopped):
        first = max(stop.stopped, reached)
        last = min(stop.resumed or end, end)
        if last > first:
            days += calendar.between(first, last)
            reached = last
    return days


def used(start: dt.date, on: dt.date, stops: tuple[Stop, ...], calendar: Calendar) -> int:
    """Working days that ran from `start` until `on`."""
    return max(0, calendar.between(start, on) - lost(start, on, stops, calendar))


def due(matter: Matter, profile: Profile, stops: tuple[Stop, ...], calendar: Calendar) -> Due:
    """What is due next for a matter in its state."""
    state, entered = matter.state, matter.entered_on
    if state == State.SUBMITTED and matter.submitted_on:
        return _due("受理", OFFICE, matter.submitted_on, profile.accept, _since(stops, matter.submitted_on), calendar)
    if state == State.SUPPLEMENTING and entered:
        return _own("补正", UNIT, entered, profile.supplement, calendar)
    if state == State.EXPERT and entered and profile.expert:
        return _own("专家论证", OFFICE, entered, profile.expert, calendar)
    if state == State.PAUSED:
        return Due("恢复办理", OFFICE, None, stopped=True)
    if state in _UNDER_REVIEW and matter.accepted_on:
        whole = _due("审查", OFFICE, matter.accepted_on, profile.review, _since(stops, matter.accepted_on), calendar)
        return _sooner(whole, matter, profile, calendar)
    if state == State.ISSUED and matter.issued_on and profile.filing:
        return _due("报备", OFFICE, matter.issued_on, profile.filing, (), calendar)
    if state in (State.ISSUED, State.FILED) and matter.issued_on:
        return _due("归档", OFFICE, matter.issued_on, profile.archive, (), calendar)
    return NOTHING_DUE


def _sooner(whole: Due, matter: Matter, profile: Profile, calendar: Calendar) -> Due:
    """Inside the review, a request to others has its own, earlier end."""
    inner = {State.REVISING: ("修改", UNIT, profile.revise), State.CONSULTING: ("征求意见", OFFICE, profile.consult)}
    what, party, limit = inner.get(matter.state, ("", "", None))
    if limit is None or matter.entered_on is None:
        return whole
    own = _due(what, party, matter.entered_on, limit, (), calendar)
    if own.on is not None and (whole.on is None or own.on < whole.on):
        return own
    return whole


def _since(stops: tuple[Stop, ...], day: dt.date) -> tuple[Stop, ...]:
    return tuple(s for s in stops if s.resumed is None or s.resumed > day)


def _due(what: str, party: str, start: dt.date, limit: Limit, stops: tuple[Stop, ...], calendar: Calendar) -> Due:
    end = end_of(start, limit, stops, calendar)
    if end is None:
        return Due(what, party, None, stopped=True)
    return Due(what, party, end, provisional=calendar.provisional(start, end))


def _own(what: str, party: str, start: dt.date, limit: Limit, calendar: Calendar) -> Due:
    """A period of its own while the review's clock stands."""
    end = end_of(start, limit, (), calendar)
    assert end is not None
    return Due(what, party, end, stopped=True, provisional=calendar.provisional(start, end))


def level(due_on: dt.date | None, today: dt.date, calendar: Calendar, near: int = 2) -> Level:
    """How a last day stands; near: at most `near` working days are left."""
    if due_on is None:
        return Level.NONE
    if due_on < today:
        return Level.OVERDUE
    if due_on == today:
        return Level.DUE_TODAY
    return Level.NEAR if calendar.between(today, due_on) <= near else Level.NORMAL


def in_words(due_on: dt.date | None, today: dt.date, calendar: Calendar) -> str:
    """还有3个工作日, 今日到期, 超期2个工作日."""
    if due_on is None:
        return ""
    if due_on == today:
        return "今日到期"
    left = calendar.between(today, due_on)
    if due_on > today:
        return f"还有{left}个工作日" if left else "节假日后到期"
    return f"超期{-left}个工作日" if left else "已超期"
