"""The table of states and moves: what it allows, what it asks for, and that nothing else is possible."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import office_desk as own
import pytest

from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.office import matters, moving
from reviewer.office.lines import read_lines
from reviewer.office.moving import MoveForm
from reviewer.office.records import ConflictError, ForbiddenError, Procedure, State
from reviewer.office.workflow import MOVES, STATES, STEPS, Need, moves_from
from reviewer.places import LEXICONS


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


def test_every_state_has_a_name_and_one_of_the_twelve_steps() -> None:
    assert set(STATES) == set(State)
    assert len(STEPS) == 12
    assert {info.step for info in STATES.values()} <= set(STEPS)
    assert len({info.name for info in STATES.values()}) == len(State)


def test_every_open_state_can_be_left_and_no_closed_one() -> None:
    left = {s for move in MOVES.values() for s in move.sources}
    assert left == {s for s in State if not STATES[s].closed}


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached, before = {State.DRAFT}, set[State]()
    while reached != before:
        before = set(reached)
        reached |= {m.target for m in MOVES.values() if m.target and m.sources & reached}
    assert reached == set(State)


@pytest.mark.parametrize("state", list(own.PATHS))
def test_exactly_the_moves_of_the_table_are_possible(desk: own.Desk, tmp_path: Path, state: str) -> None:
    """Each move of the table is tried in each state with everything it may need: it works or is refused as a whole."""
    matter = own.at(desk, state)
    assert matter.state == State(state)
    route = desk.office.lines[matter.line].route
    allowed = {m.key for m in moves_from(matter, route)}
    for key in sorted(set(MOVES) - allowed):
        before = matters.view(desk.office, desk.applicant, matter.id)
        with pytest.raises((UsageError, ForbiddenError)):
            moving.move(desk.office, own.actor_for(desk, key), matter.id, key, matter.version,
                         own.form_for(desk, matter))  # fmt: skip
        assert matters.view(desk.office, desk.applicant, matter.id) == before
    for key in sorted(allowed):
        moved = own.go(own.copied(desk, tmp_path / key), matter, key)
        assert moved.state == (MOVES[key].target or matter.back_to)
        assert moved.version == matter.version + 1


@pytest.mark.parametrize(("state", "key", "changes", "said"), [
    ("submitted", "refuse", {"note": " "}, "理由"),
    ("accepted", "assign", {"handler_id": None}, "承办人"),
    ("accepted", "assign", {"handler_id": 1}, "不是在岗的承办人"),
    ("reviewing", "conclude", {"conclusion": "差不多"}, "审查结论"),
    ("reviewing", "conclude", {"checks": frozenset()}, "还没有确认"),
    ("awaiting", "sign", {"checks": frozenset()}, "还没有确认"),
])  # fmt: skip
def test_a_move_without_what_it_needs_is_refused(
    desk: own.Desk, state: str, key: str, changes: dict[str, object], said: str
) -> None:
    matter = own.at(desk, state)
    form = own.without(own.form_for(desk, matter), **changes)
    with pytest.raises(UsageError, match=said):
        moving.move(desk.office, own.actor_for(desk, key), matter.id, key, matter.version, form)


def test_one_unconfirmed_check_is_enough_to_refuse_the_opinion(desk: own.Desk) -> None:
    matter = own.at(desk, "reviewing")
    form = own.form_for(desk, matter)
    left_out = desk.office.lines[Line.CONTRACT].substance_checks[-1]
    with pytest.raises(UsageError, match=left_out):
        moving.move(desk.office, desk.handler, matter.id, "conclude", matter.version,
                     own.without(form, checks=form.checks - {left_out}))  # fmt: skip


def test_closing_needs_the_double_check_of_two_people(desk: own.Desk) -> None:
    """程序 and 实体 are confirmed by the officer with the opinion and by another person with the signature."""
    matter = own.at(desk, "archived")
    checked = {s.move: s.user for s in matters.view(desk.office, desk.handler, matter.id).history if s.details}
    assert checked == {"conclude": desk.handler.name, "sign": desk.approver.name}
    assert all(Need.CHECKS in MOVES[key].needs for key in checked)


def test_missing_materials_stop_the_submission_until_they_are_there_or_explained(desk: own.Desk) -> None:
    matter = matters.create(desk.office, desk.applicant, matters.NewMatter("合同", Line.CONTRACT, desk.units[0]))
    with pytest.raises(UsageError, match="合同草案、送审函"):
        moving.move(desk.office, desk.applicant, matter.id, "submit", matter.version)
    for material in desk.office.lines[Line.CONTRACT].materials:
        if material.required:
            matters.declare_missing(desk.office, desk.applicant, matter.id, material.key, "三日内补交")
    assert moving.move(desk.office, desk.applicant, matter.id, "submit", matter.version).state == State.SUBMITTED


def test_a_supplement_needs_a_file_newer_than_the_request_and_returns_to_where_it_came_from(desk: own.Desk) -> None:
    matter = own.at(desk, "supplementing")
    assert matter.back_to == State.REVIEWING
    with pytest.raises(UsageError, match="先上传新的文件"):
        moving.move(desk.office, desk.applicant, matter.id, "supplement", matter.version)
    assert own.go(desk, matter, "supplement").state == State.REVIEWING


def test_the_simplified_procedure_goes_from_submission_to_review_in_one_move(desk: own.Desk) -> None:
    matter = own.go(desk, own.draft(desk, procedure=Procedure.SIMPLIFIED), "submit")
    keys = {m.key for m in matters.moves_for(desk.office, desk.handler, matter)}
    assert "accept_simple" in keys and "accept" not in keys
    moved = own.go(desk, matter, "accept_simple")
    assert (moved.state, moved.handler_id) == (State.REVIEWING, desk.handler.id)
    assert not {"consult", "expert", "discuss"} & {m.key for m in matters.moves_for(desk.office, desk.handler, moved)}


def test_a_hard_matter_is_discussed_before_the_opinion(desk: own.Desk) -> None:
    matter = own.at(desk, "reviewing")
    matter = moving.set_procedure(desk.office, desk.handler, matter.id, matter.version, Procedure.ORDINARY, "投资大",
                                   hard=True)  # fmt: skip
    with pytest.raises(UsageError, match="集体讨论"):
        own.go(desk, matter, "conclude")
    matter = own.go(desk, own.go(desk, matter, "discuss"), "discussed")
    assert own.go(desk, matter, "conclude").state == State.AWAITING


def test_a_hard_matter_cannot_take_the_short_way(desk: own.Desk) -> None:
    matter = own.at(desk, "submitted")
    with pytest.raises(UsageError, match="疑难复杂"):
        moving.set_procedure(desk.office, desk.handler, matter.id, matter.version, Procedure.SIMPLIFIED, "急",
                              hard=True)  # fmt: skip


def test_a_decision_reviewed_in_fewer_than_seven_working_days_needs_a_reason(desk: own.Desk) -> None:
    matter = own.at(desk, "reviewing", line=Line.DECISION)
    form = own.form_for(desk, matter)
    with pytest.raises(UsageError, match="不少于7个工作日"):
        moving.move(desk.office, desk.handler, matter.id, "conclude", matter.version, own.without(form, note=""))
    assert own.go(desk, matter, "conclude").state == State.AWAITING


def test_papers_of_a_normative_document_are_filed_before_they_are_archived(desk: own.Desk) -> None:
    matter = own.at(desk, "issued", line=Line.NORMATIVE)
    with pytest.raises(UsageError, match="须先报备"):
        own.go(desk, matter, "archive")
    matter = own.go(desk, matter, "file")
    assert own.go(desk, matter, "archive_filed").state == State.ARCHIVED


def test_the_second_of_two_officers_is_told_who_was_faster(desk: own.Desk) -> None:
    matter = own.at(desk, "submitted")
    own.go(desk, matter, "accept")
    with pytest.raises(ConflictError, match=f"{desk.handler.name}.*已受理"):
        moving.move(desk.office, desk.second_handler, matter.id, "accept", matter.version)


def test_numbers_have_no_gaps_even_after_a_refused_move(desk: own.Desk) -> None:
    on = dt.date(2026, 3, 2)
    first, second = (own.go(desk, own.draft(desk), "submit", on) for _ in range(2))
    with pytest.raises(UsageError):
        moving.move(desk.office, desk.handler, first.id, "accept", first.version, MoveForm("长" * 5000), on=on)
    numbers = [own.go(desk, m, "accept", on).number for m in (second, first)]
    assert numbers == ["HS-HT-2026-0001", "HS-HT-2026-0002"]


def test_a_step_cannot_be_dated_before_the_one_before_it(desk: own.Desk) -> None:
    matter = own.go(desk, own.draft(desk), "submit", dt.date(2026, 3, 10))
    with pytest.raises(UsageError, match="早于上一步"):
        own.go(desk, matter, "accept", dt.date(2026, 3, 9))


def test_a_contract_enters_its_later_stages_only_after_the_opinion(desk: own.Desk) -> None:
    stages = [s.name for s in desk.office.lines[Line.CONTRACT].stages]
    assert len(stages) == 9 and stages[0] == "立项" and stages[-1] == "归档"
    matter = own.at(desk, "reviewing")
    with pytest.raises(UsageError, match="未经审查签发"):
        moving.set_stage(desk.office, desk.handler, matter.id, matter.version, "签订")
    issued = own.at(desk, "issued")
    assert moving.set_stage(desk.office, desk.handler, issued.id, issued.version, "履行").stage == "履行"


def test_every_line_has_what_the_office_needs() -> None:
    lines = read_lines(LEXICONS)
    assert set(lines) == set(Line)
    for line in lines.values():
        assert line.conclusions and line.procedure_checks and line.substance_checks and line.opinion_sections
        assert line.materials[0].reviewed and line.materials[0].required
        short, whole = line.profiles[Procedure.SIMPLIFIED], line.profiles[Procedure.ORDINARY]
        assert short.review.days <= whole.review.days
    assert (lines[Line.CONTRACT].profiles[Procedure.ORDINARY].accept.days,
            lines[Line.CONTRACT].profiles[Procedure.ORDINARY].review.days) == (5, 20)  # fmt: skip
    assert (lines[Line.CONTRACT].profiles[Procedure.SIMPLIFIED].accept.days,
            lines[Line.CONTRACT].profiles[Procedure.SIMPLIFIED].review.days) == (2, 10)  # fmt: skip
