"""What is learnt from decisions, counted over periods, and compared between versions."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import office_desk as own
import pytest
from openpyxl import load_workbook
from test_comments import SECOND, deposit, target, under_review, upload

from reviewer.office import comments, comparing, learning, moving, statistics
from reviewer.office.alignment import plain_version
from reviewer.office.comment_records import Answer
from reviewer.office.matters import view
from reviewer.office.records import ForbiddenError


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


def test_a_rule_with_many_false_alarms_is_pointed_out_after_enough_decisions(desk: own.Desk) -> None:
    for n in range(learning.LEAST_DECIDED):
        found = deposit(desk, under_review(desk, f"合同{n}"))
        assert not any(r.doubtful for r in learning.rule_records(desk.office, desk.handler).values())
        if n < 2:
            comments.accept(desk.office, desk.handler, target(found))
        else:
            comments.dismiss(desk.office, desk.handler, target(found), "不是定金")
    record = learning.rule_records(desk.office, desk.handler)[found.rule]
    assert (record.accepted, record.dismissed, record.false_share, record.doubtful) == (2, 3, 0.6, True)


def test_the_units_answers_make_the_adoption_rate_of_a_rule(desk: own.Desk) -> None:
    matter = under_review(desk)
    accepted = comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    own.go(desk, matter, "feedback")
    comments.answer(desk.office, desk.applicant, target(accepted), Answer.PARTLY, "先降一半")
    assert learning.rule_records(desk.office, desk.applicant)[accepted.rule].taken_share == 1.0


def test_the_statistics_count_a_period_and_the_days_it_took(desk: own.Desk) -> None:
    matter = own.draft(desk, title="国庆前的合同")
    for key, day in (("submit", "2026-09-01"), ("accept", "2026-09-02"), ("assign", "2026-09-02"),
                     ("begin", "2026-09-03"), ("conclude", "2026-09-09"), ("sign", "2026-09-10")):  # fmt: skip
        matter = own.go(desk, matter, key, dt.date.fromisoformat(day))
    later = own.go(desk, own.draft(desk, title="十月的合同"), "submit", dt.date(2026, 10, 12))
    found = statistics.statistics(desk.office, desk.handler, dt.date(2026, 9, 1), dt.date(2026, 9, 30))
    month = found.by_month[0]
    assert (found.received, month.name, month.issued, month.in_time, month.days) == (1, "2026-09", 1, 1, 6.0)
    whole = statistics.statistics(desk.office, desk.approver, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert [g.name for g in whole.by_month] == ["2026-09", "2026-10"] and whole.by_unit[0].received == 2
    assert view(desk.office, desk.handler, later.id).matter.submitted_on == dt.date(2026, 10, 12)
    sheet = load_workbook(io.BytesIO(statistics.as_workbook(whole)))["按月"]
    assert [c.value for c in sheet[2]] == ["2026-09", 1, 1, 1, 6]


def test_statistics_are_the_offices_own(desk: own.Desk) -> None:
    for person in (desk.applicant, desk.admin):
        with pytest.raises(ForbiddenError):
            statistics.statistics(desk.office, person, dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def test_two_versions_are_compared_paragraph_by_paragraph_with_the_words_marked(desk: own.Desk) -> None:
    matter = under_review(desk)
    upload(desk, matter, SECOND, "合同第二稿.txt")
    files = [f for f in view(desk.office, desk.applicant, matter.id).files if f.material == "text"]
    newest, older = (f.id for f in sorted(files, key=lambda f: -f.version)[:2])
    found = comparing.compare(desk.office, desk.applicant, matter.id, older, newest)
    assert (found.changed, found.added, found.removed, found.moved) == (1, 1, 0, 0)
    changed = next(r for r in found.rows if r.kind == "changed")
    assert [t for marked, t in changed.before if marked][-1] == "3"
    assert [t for marked, t in changed.after if marked][-1] == "2"
    with pytest.raises(ForbiddenError):
        comparing.compare(desk.office, desk.stranger, matter.id, older, newest)


def test_a_moved_paragraph_is_said_to_be_moved_and_not_deleted() -> None:
    old = "甲段的文字在这里。\n乙段的文字在这里。\n丙段的文字在这里。\n丁段的文字在这里。\n"
    new = "乙段的文字在这里。\n丙段的文字在这里。\n丁段的文字在这里。\n甲段的文字在这里。\n"
    assert [r.kind for r in comparing.differences(plain_version(old), plain_version(new)).rows] == ["moved"]
    assert comparing.differences(plain_version(old), plain_version(old)).rows == ()


def test_the_move_table_still_leads_to_the_opinion(desk: own.Desk) -> None:
    """Comments do not stand in the way of concluding."""
    matter = under_review(desk)
    comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    done = moving.move(desk.office, desk.handler, matter.id, "conclude", matter.version, own.form_for(desk, matter))
    assert done.conclusion == desk.office.lines[matter.line].conclusions[0]
