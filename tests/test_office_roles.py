"""Who may do what: every action against every role, and the limits that a role alone does not tell."""

from __future__ import annotations

from pathlib import Path

import office_desk as own
import pytest

from reviewer.errors import ReviewerError
from reviewer.office import listing, matters, moving, roles
from reviewer.office.records import ForbiddenError, Role, User
from reviewer.office.workflow import MOVES

# Written down a second time on purpose: a change of rights has to be made in two places, one of them a test.
# a 送审单位, h 承办人, s 签发人, m 管理员
EXPECTED = {
    "page:desk": "ahsm", "page:submit": "ah", "page:matters": "ahs", "page:deadlines": "ahs",
    "page:administration": "m", "page:review": "ahs", "page:opinion": "hs", "page:handbook": "ahsm",
    "page:laws": "ahsm", "page:statistics": "hs",
    "page:batch": "hsm", "batch:start": "hsm", "batch:folder": "m", "batch:read": "hs", "batch:stop": "sm",
    "comment": "hs", "dispose": "h", "reply": "ahs", "answer": "a", "draft_opinion": "h", "issue_opinion": "s",
    "create": "ah", "view": "ahs", "download": "ahs", "upload": "ah", "review": "ah", "set_procedure": "hs",
    "set_stage": "ah", "reassign": "s", "supervise": "hs",
    "move:submit": "ah", "move:accept": "hs", "move:accept_simple": "h", "move:refuse": "hs",
    "move:ask_supplement": "h", "move:supplement": "ah", "move:return": "hs", "move:withdraw": "a",
    "move:assign": "s", "move:begin": "h", "move:consult": "h", "move:consulted": "h", "move:expert": "h",
    "move:expert_done": "h", "move:discuss": "hs", "move:discussed": "hs", "move:pause": "hs", "move:resume": "hs",
    "move:feedback": "h", "move:revised": "a", "move:conclude": "h", "move:send_back": "s", "move:sign": "s",
    "move:file": "hs", "move:archive": "hs", "move:archive_filed": "hs", "move:terminate": "s",
    "manage:users": "m", "manage:units": "m", "manage:calendar": "m", "manage:backup": "m", "manage:log": "m",
    "manage:interface": "m", "manage:templates": "m", "manage:rules": "m",
}  # fmt: skip
LETTERS = {"a": Role.APPLICANT, "h": Role.HANDLER, "s": Role.APPROVER, "m": Role.ADMINISTRATOR}


def person(*who: Role, **more: object) -> User:
    return User(1, "x", "某人", frozenset(who), unit_id=1, **more)  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


def test_the_table_names_every_move_and_nothing_unknown() -> None:
    assert {a for a in roles.ACTIONS if a.startswith("move:")} == {f"move:{key}" for key in MOVES}
    assert set(roles.ACTIONS) == set(EXPECTED)


@pytest.mark.parametrize("action", sorted(EXPECTED))
@pytest.mark.parametrize("letter", "ahsm")
def test_each_role_may_do_exactly_what_the_matrix_says(action: str, letter: str) -> None:
    assert roles.may(person(LETTERS[letter]), action) == (letter in EXPECTED[action])


@pytest.mark.parametrize("action", sorted(EXPECTED))
def test_nobody_inactive_or_with_a_first_password_may_do_anything(action: str) -> None:
    everything = tuple(Role)
    assert roles.may(person(*everything), action)
    assert not roles.may(person(*everything, active=False), action)
    assert not roles.may(person(*everything, must_change=True), action)
    assert not roles.may(person(), action)


def test_an_unknown_action_is_nobodys() -> None:
    with pytest.raises(KeyError):
        roles.may(person(Role.ADMINISTRATOR), "move:anything")


@pytest.mark.parametrize("state", [state for state in own.PATHS if any(state in m.sources for m in MOVES.values())])
def test_a_move_in_the_database_follows_the_matrix(desk: own.Desk, state: str) -> None:
    """A person without the right is refused in every state that the move starts from, and nothing has changed."""
    people = {"m": desk.admin, "a": desk.applicant, "stranger": desk.stranger, "h": desk.handler, "s": desk.approver}
    matter = own.at(desk, state)
    for key in (k for k, move in MOVES.items() if state in move.sources):
        for letter, actor in people.items():
            if letter not in EXPECTED[f"move:{key}"]:  # what is allowed is walked in test_office_workflow
                with pytest.raises(ForbiddenError):
                    moving.move(desk.office, actor, matter.id, key, matter.version, own.form_for(desk, matter))
    assert matters.view(desk.office, desk.applicant, matter.id).matter == matter


def test_applicants_see_the_matters_of_their_own_unit_only(desk: own.Desk) -> None:
    matter = own.at(desk, "submitted")
    today = dt_today()
    assert [m.id for m in listing.search(desk.office, desk.applicant, listing.Filter(), today).matters] == [matter.id]
    assert listing.search(desk.office, desk.stranger, listing.Filter(status="all"), today).total == 0
    with pytest.raises(ForbiddenError, match="不属于您的单位"):
        matters.view(desk.office, desk.stranger, matter.id)
    file_id = matters.view(desk.office, desk.applicant, matter.id).files[0].id
    with pytest.raises(ForbiddenError):
        matters.file_for_download(desk.office, desk.stranger, file_id)
    assert matters.file_for_download(desk.office, desk.applicant, file_id).matter_id == matter.id


def test_a_draft_is_not_seen_by_the_officers(desk: own.Desk) -> None:
    matter = own.draft(desk)
    with pytest.raises(ForbiddenError):
        matters.view(desk.office, desk.handler, matter.id)
    assert listing.search(desk.office, desk.approver, listing.Filter(status="all"), dt_today()).total == 0


def test_the_administrator_does_not_read_matters(desk: own.Desk) -> None:
    matter = own.at(desk, "reviewing")
    for work in (lambda: matters.view(desk.office, desk.admin, matter.id),
                 lambda: listing.search(desk.office, desk.admin, listing.Filter(), dt_today())):  # fmt: skip
        with pytest.raises(ForbiddenError):
            work()


def test_another_officer_cannot_work_on_a_colleagues_matter(desk: own.Desk) -> None:
    matter = own.at(desk, "reviewing")
    with pytest.raises(ForbiddenError, match=desk.handler.name):
        own.go(desk, matter, "feedback", actor=desk.second_handler)
    changed = moving.reassign(desk.office, desk.approver, matter.id, matter.version, desk.second_handler.id, "休假")
    assert own.go(desk, changed, "feedback", actor=desk.second_handler).handler_id == desk.second_handler.id


def test_nobody_signs_a_matter_they_handled(desk: own.Desk) -> None:
    matter = own.at(desk, "awaiting")
    both = User(desk.handler.id, "handle", "某人", frozenset({Role.HANDLER, Role.APPROVER}))
    with pytest.raises(ForbiddenError, match="不能签发自己承办的事项"):
        own.go(desk, matter, "sign", actor=both)


def test_a_unit_cannot_submit_in_the_name_of_another(desk: own.Desk) -> None:
    with pytest.raises(ReviewerError, match="本单位"):
        matters.create(desk.office, desk.applicant, matters.NewMatter("合同", own.Line.CONTRACT, desk.units[1]))


def dt_today() -> own.dt.date:
    return own.dt.date.today()
