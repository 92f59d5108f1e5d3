"""Working days around 国庆 and 春节 with 调休, a stopped clock, provisional years, and the board over many matters."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import office_desk as own
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain import Line
from reviewer.errors import LexiconError
from reviewer.office import calendars, deadlines, listing, matters, moving, workdays
from reviewer.office.lines import Limit
from reviewer.office.records import ForbiddenError, Level, Procedure, Stop
from reviewer.office.workdays import YearPlan
from reviewer.places import LEXICONS

TODAY = dt.date(2026, 11, 21)
CALENDAR = workdays.calendar(workdays.read_plans(LEXICONS / "workdays"), TODAY)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# ------------------------------------------------------------------ 工作日

@pytest.mark.parametrize(("text", "open_day"), [
    ("2026-09-20", True), ("2026-09-25", False), ("2026-09-28", True), ("2026-10-01", False), ("2026-10-07", False),
    ("2026-10-08", True), ("2026-10-10", True), ("2026-10-11", False),  # 国庆: 9月20日、10月10日上班
    ("2026-02-14", True), ("2026-02-15", False), ("2026-02-16", False), ("2026-02-23", False), ("2026-02-24", True),
    ("2026-02-28", True), ("2026-03-01", False),  # 春节: 2月14日、2月28日上班
    ("2026-01-01", False), ("2026-01-04", True), ("2026-05-09", True), ("2026-06-19", False),
])  # fmt: skip
def test_days_off_and_days_worked_in_2026(text: str, open_day: bool) -> None:
    assert CALENDAR.is_workday(day(text)) == open_day


@pytest.mark.parametrize(("start", "count", "end"), [
    ("2026-09-30", 1, "2026-10-08"), ("2026-09-30", 3, "2026-10-10"), ("2026-09-30", 4, "2026-10-12"),
    ("2026-09-18", 1, "2026-09-20"),  # a Sunday that is worked
    ("2026-02-13", 1, "2026-02-14"), ("2026-02-13", 2, "2026-02-24"), ("2026-02-13", 6, "2026-02-28"),
    ("2026-02-17", 1, "2026-02-24"),  # begins on a day off
])  # fmt: skip
def test_the_nth_working_day_after(start: str, count: int, end: str) -> None:
    assert CALENDAR.after(day(start), count) == day(end)
    assert CALENDAR.between(day(start), day(end)) == count


def test_the_shipped_2026_agrees_with_the_library_on_every_day() -> None:
    library = workdays.calendar((), TODAY)
    assert library.workdays == CALENDAR.workdays


def test_a_year_without_an_official_arrangement_is_provisional() -> None:
    assert 2026 in CALENDAR.published and 2027 not in CALENDAR.published
    assert not CALENDAR.provisional(day("2026-10-01"), day("2026-12-31"))
    assert CALENDAR.provisional(day("2026-12-20"), day("2027-01-05"))


def test_a_later_plan_overrides_an_earlier_one_day_by_day() -> None:
    plan = YearPlan(2027, True, {day("2027-02-11"): "春节"}, {day("2027-02-14"): "调休"})
    changed = workdays.calendar((*workdays.read_plans(LEXICONS / "workdays"), plan), TODAY)
    assert not changed.is_workday(day("2027-02-11")) and changed.is_workday(day("2027-02-14"))
    assert CALENDAR.is_workday(day("2027-02-11")) and not CALENDAR.is_workday(day("2027-02-14"))
    assert not changed.provisional(day("2026-12-20"), day("2027-01-05"))


@pytest.mark.parametrize("content", ["year: 2027\nfeast: {}\n", "year: 2026\n", "year: 2027\nrest: {2027-13-01: x}\n"])
def test_a_wrong_calendar_file_is_an_error_with_its_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "2027.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"2027\.yaml"):
        workdays.read_plans(tmp_path)


days = st.dates(dt.date(2016, 1, 1), dt.date(2028, 6, 1))


@given(start=days, count=st.integers(1, 60))
def test_counting_and_adding_are_each_others_inverse(start: dt.date, count: int) -> None:
    end = CALENDAR.after(start, count)
    assert end > start and CALENDAR.is_workday(end)
    assert CALENDAR.between(start, end) == count
    assert CALENDAR.between(end, start) == -count


# ------------------------------------------------------------------ 停止计时

def test_the_clock_stands_from_the_day_after_the_request_to_the_day_of_the_answer() -> None:
    """Accepted on Monday 12 October, five days; asked on Wednesday, answered on the Friday of the week after."""
    stops = (Stop(day("2026-10-14"), day("2026-10-23")),)
    assert deadlines.end_of(day("2026-10-12"), Limit(5), (), CALENDAR) == day("2026-10-19")
    assert deadlines.end_of(day("2026-10-12"), Limit(5), stops, CALENDAR) == day("2026-10-28")
    assert deadlines.used(day("2026-10-12"), day("2026-10-23"), stops, CALENDAR) == 2  # Tuesday and Wednesday
    assert deadlines.used(day("2026-10-12"), day("2026-10-28"), stops, CALENDAR) == 5


def test_a_stop_over_the_national_holiday_gives_back_working_days_only() -> None:
    """Twenty days from 14 September run to 15 October; asked on 28 September, answered on 9 October: four lost."""
    start, limit = day("2026-09-14"), Limit(20)
    stops = (Stop(day("2026-09-28"), day("2026-10-09")),)  # 29, 30 September, 8, 9 October
    assert deadlines.end_of(start, limit, (), CALENDAR) == day("2026-10-16")
    assert deadlines.lost(start, day("2026-10-30"), stops, CALENDAR) == 4
    assert deadlines.end_of(start, limit, stops, CALENDAR) == day("2026-10-22")


def test_two_stops_that_overlap_count_once_and_a_stop_on_one_day_costs_nothing() -> None:
    start = day("2026-03-02")
    twice = (Stop(day("2026-03-03"), day("2026-03-06")), Stop(day("2026-03-05"), day("2026-03-09")))
    once = (Stop(day("2026-03-03"), day("2026-03-09")),)
    assert deadlines.end_of(start, Limit(5), twice, CALENDAR) == deadlines.end_of(start, Limit(5), once, CALENDAR)
    same_day = (Stop(day("2026-03-03"), day("2026-03-03")),)
    assert deadlines.end_of(start, Limit(5), same_day, CALENDAR) == day("2026-03-09")


def test_there_is_no_end_while_the_clock_stands() -> None:
    assert deadlines.end_of(day("2026-03-02"), Limit(5), (Stop(day("2026-03-03"), None),), CALENDAR) is None


def test_calendar_days_that_end_on_a_day_off_end_on_the_next_working_day() -> None:
    assert deadlines.end_of(day("2026-09-01"), Limit(30, natural=True), (), CALENDAR) == day("2026-10-08")
    assert deadlines.end_of(day("2026-09-01"), Limit(15, natural=True), (), CALENDAR) == day("2026-09-16")


gaps_of_days = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15)), max_size=4)


@given(start=days, length=st.integers(1, 30), gaps=gaps_of_days)
def test_exactly_the_allowed_days_run_until_the_end(
    start: dt.date, length: int, gaps: list[tuple[int, int]]
) -> None:
    stops = tuple(Stop(start + dt.timedelta(a), start + dt.timedelta(a + b)) for a, b in gaps)
    end = deadlines.end_of(start, Limit(length), stops, CALENDAR)
    assert end is not None
    assert deadlines.used(start, end, stops, CALENDAR) == length


@pytest.mark.parametrize(("today", "level", "words"), [
    ("2026-09-28", Level.NORMAL, "还有4个工作日"), ("2026-09-29", Level.NORMAL, "还有3个工作日"),
    ("2026-09-30", Level.NEAR, "还有2个工作日"), ("2026-10-07", Level.NEAR, "还有2个工作日"),
    ("2026-10-09", Level.DUE_TODAY, "今日到期"), ("2026-10-10", Level.OVERDUE, "超期1个工作日"),
    ("2026-10-11", Level.OVERDUE, "超期1个工作日"),
])  # fmt: skip
def test_levels_are_told_in_working_days_around_the_holiday(today: str, level: Level, words: str) -> None:
    due = day("2026-10-09")
    assert deadlines.level(due, day(today), CALENDAR) == level
    assert deadlines.in_words(due, day(today), CALENDAR) == words


# ------------------------------------------------------------------ 事项的期限

@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


def test_a_contract_over_the_national_holiday_with_a_supplement_in_between(desk: own.Desk) -> None:
    """Submitted 14 September (five days), accepted 16 September (twenty), 补正 28 September to 9 October."""
    matter = own.go(desk, own.draft(desk), "submit", day("2026-09-14"))
    assert (matter.due.what, matter.due.on) == ("受理", day("2026-09-20"))  # a Sunday that is worked
    matter = own.go(desk, matter, "accept", day("2026-09-16"))
    assert (matter.due.what, matter.due.on) == ("审查", day("2026-10-20"))
    matter = own.go(desk, matter, "assign", day("2026-09-17"))
    matter = own.go(desk, matter, "begin", day("2026-09-17"))
    matter = own.go(desk, matter, "ask_supplement", day("2026-09-28"))
    assert (matter.due.what, matter.due.party, matter.due.stopped) == ("补正", "unit", True)
    assert matter.due.on == day("2026-10-10")  # five working days, the last a Saturday that is worked
    matter = own.go(desk, matter, "supplement", day("2026-10-09"))
    assert (matter.due.what, matter.due.on, matter.due.stopped) == ("审查", day("2026-10-26"), False)


def test_a_decision_over_the_spring_festival_with_an_expert_consultation(desk: own.Desk) -> None:
    matter = own.draft(desk, line=Line.DECISION)
    begun = {"submit": "2026-02-02", "accept": "2026-02-03", "assign": "2026-02-03", "begin": "2026-02-04"}
    for key, on in begun.items():
        matter = own.go(desk, matter, key, day(on))
    assert matter.due.on == day("2026-03-09")  # 4 to 14 February nine days, 24 February to 9 March eleven
    matter = own.go(desk, matter, "expert", day("2026-02-12"))
    assert (matter.due.what, matter.due.on) == ("专家论证", day("2026-03-04"))
    matter = own.go(desk, matter, "expert_done", day("2026-02-26"))  # 13, 14, 24, 25, 26 February stood
    assert matter.due.on == day("2026-03-16")


def test_the_short_way_has_two_and_ten_days_and_a_change_of_procedure_counts_anew(desk: own.Desk) -> None:
    matter = own.go(desk, own.draft(desk, procedure=Procedure.SIMPLIFIED), "submit", day("2026-03-02"))
    assert matter.due.on == day("2026-03-04")
    matter = own.go(desk, matter, "accept_simple", day("2026-03-03"))
    assert matter.due.on == day("2026-03-17")
    matter = moving.set_procedure(desk.office, desk.handler, matter.id, matter.version, Procedure.ORDINARY, "复杂",
                                   on=day("2026-03-05"))  # fmt: skip
    assert matter.due.on == day("2026-03-31")
    matter = moving.set_procedure(desk.office, desk.handler, matter.id, matter.version, Procedure.URGENT, "急",
                                   on=day("2026-03-05"))  # fmt: skip
    assert matter.due.on == day("2026-03-06")


def test_a_deadline_into_an_unpublished_year_says_so_and_moves_when_the_year_is_entered(desk: own.Desk) -> None:
    matter = own.at(desk, "draft")
    for key in ("submit", "accept"):
        matter = own.go(desk, matter, key, day("2026-12-21"))
    assert matter.due.provisional and matter.due.on == day("2027-01-19")
    with pytest.raises(ForbiddenError):
        calendars.enter_days(desk.office, desk.handler, {}, TODAY)
    entered = {day("2027-01-04"): ("rest", "元旦"), day("2027-01-09"): ("work", "调休")}
    assert calendars.enter_days(desk.office, desk.admin, entered, TODAY) == 0  # one day less, one more, before the end
    assert calendars.enter_days(desk.office, desk.admin, {day("2027-01-09"): ("remove", "")}, TODAY) == 1
    now = matters.view(desk.office, desk.handler, matter.id).matter.due
    assert (now.on, now.provisional) == (day("2027-01-20"), True)
    assert calendars.publish_year(desk.office, desk.admin, 2027, True, TODAY) == 1
    assert not matters.view(desk.office, desk.handler, matter.id).matter.due.provisional


def test_the_board_counts_each_matter_once_at_its_level(desk: own.Desk) -> None:
    """Four contracts under review are seen on 9 October 2026, the second working day after the holiday."""
    for accepted in ("2026-09-03", "2026-09-04", "2026-09-07", "2026-09-24"):
        matter = own.draft(desk)
        for key in ("submit", "accept", "assign", "begin"):
            matter = own.go(desk, matter, key, day(accepted))
    on = day("2026-10-09")
    due = sorted(m.due.on for m in listing.search(desk.office, desk.handler, listing.Filter(), on).matters if m.due.on)
    assert due == [day("2026-10-08"), day("2026-10-09"), day("2026-10-10"), day("2026-10-29")]
    board = listing.board(desk.office, desk.handler, listing.Filter(), on, "2026-10")
    total = board.total
    assert (total.overdue, total.due_today, total.near, total.normal) == (1, 1, 1, 1)
    assert {d: c.total for d, c in board.by_day.items()} == dict.fromkeys(due, 1)
    assert [c.name for c in board.by_handler] == [desk.handler.name]
    for level, wanted in (("overdue", due[:1]), ("due_today", due[1:2]), ("near", due[2:3]), ("warning", due[:3])):
        found = listing.search(desk.office, desk.handler, listing.Filter(level=level), on, order="due")
        assert [m.due.on for m in found.matters] == wanted
    assert listing.board(desk.office, desk.stranger, listing.Filter(), on, "2026-10").total.total == 0
