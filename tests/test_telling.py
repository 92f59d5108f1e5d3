"""Who is told: mentions in comments and replies, assignments, and e-mail on ordinary steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import office_desk as own
import pytest
from test_comments import OWN_WORDS, deposit, passage, target, under_review

from reviewer.domain import Severity
from reviewer.office import accounts, comments, mentions, notices, telling
from reviewer.office.accounts import NewUser
from reviewer.office.comment_records import Answer, Wording
from reviewer.office.records import Matter, Role, User
from reviewer.office.settings import Mail


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


@pytest.fixture
def matter(desk: own.Desk) -> Matter:
    return under_review(desk)


def said(desk: own.Desk, person: User) -> list[str]:
    return [m.body for m in telling.unread(desk.office, person)]


def written(desk: own.Desk, matter: Matter) -> set[tuple[str, int]]:
    with desk.office.store.reading() as db:
        return {pair for pairs in mentions.of_matter(db, matter.id).values() for pair in pairs}


def test_a_mention_in_a_reply_is_told_on_the_desk_of_who_is_meant(desk: own.Desk, matter: Matter) -> None:
    found = deposit(desk, matter)
    comments.reply(desk.office, desk.handler, target(found), f"请@{desk.approver.name}看看，也请 @handle2 核对")
    assert said(desk, desk.approver) == said(desk, desk.second_handler) != []
    (told,) = telling.unread(desk.office, desk.approver)
    assert told.subject == "handle姓名在意见中提到您" and (told.matter_id, told.page) == (matter.id, "review")
    assert written(desk, matter) == {(desk.approver.name, desk.approver.id), ("handle2", desk.second_handler.id)}
    assert telling.mark_read(desk.office, desk.approver, matter.id) == 1 and said(desk, desk.approver) == []
    assert said(desk, desk.second_handler) != []


def test_who_may_not_see_the_comment_is_not_told_and_not_marked(desk: own.Desk, matter: Matter) -> None:
    """The other unit never; the own unit only once the comment was given to it."""
    accepted = comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    both = f"@{desk.stranger.name} @{desk.applicant.name} @{desk.admin.name} 请看"
    comments.reply(desk.office, desk.handler, target(accepted), both)
    assert written(desk, matter) == set()
    assert [said(desk, p) for p in (desk.stranger, desk.applicant, desk.admin)] == [[], [], []]
    own.go(desk, matter, "feedback")
    comments.reply(desk.office, desk.handler, target(accepted), both)
    assert written(desk, matter) == {(desk.applicant.name, desk.applicant.id)}
    assert said(desk, desk.applicant) == [both] and said(desk, desk.stranger) == []


def test_a_units_answer_may_mention_the_officer(desk: own.Desk, matter: Matter) -> None:
    accepted = comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    own.go(desk, matter, "feedback")
    comments.answer(desk.office, desk.applicant, target(accepted), Answer.REJECTED, f"已与@{desk.handler.name}电话说明")
    assert said(desk, desk.handler) == [f"已与@{desk.handler.name}电话说明"]


def test_a_comment_and_its_edit_mention_each_person_once(desk: own.Desk, matter: Matter) -> None:
    file_id, span = passage(desk, matter, "三十日内")
    words = replace(OWN_WORDS, text=f"@{desk.approver.name} 请定")
    made = comments.add(desk.office, desk.handler, file_id, span, words)
    more = Wording(Severity.RISK, made.wording.title, f"@{desk.approver.name} 请定，@handle2 请核", "")
    comments.edit(desk.office, desk.handler, target(made), more)
    assert len(said(desk, desk.approver)) == 1 and len(said(desk, desk.second_handler)) == 1


def test_a_mention_of_oneself_is_no_news(desk: own.Desk, matter: Matter) -> None:
    comments.reply(desk.office, desk.handler, target(deposit(desk, matter)), f"@{desk.handler.name} 记得")
    assert said(desk, desk.handler) == [] and written(desk, matter) == {(desk.handler.name, desk.handler.id)}


def test_an_assignment_is_told_once(desk: own.Desk, matter: Matter) -> None:
    found = comments.assign(desk.office, desk.handler, target(deposit(desk, matter)), desk.approver.id)
    comments.assign(desk.office, desk.handler, target(found), desk.approver.id)
    (told,) = telling.unread(desk.office, desk.approver)
    assert told.subject == "handle姓名交办一条意见" and told.body == found.wording.title


def people(*names: str) -> list[User]:
    return [User(n, f"zhang{n}", name, frozenset({Role.HANDLER})) for n, name in enumerate(names)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("请@张三看", ["张三"]), ("请@张三丰看", ["张三丰"]), ("＠张三，@张三丰；@李四", ["张三", "张三丰"]),
     ("发到 a@张三.cn", []), ("a@zhang0.cn", []), ("@zhang0 看", ["zhang0"]), ("@zhang01 看", []),
     ("@zhang0.", ["zhang0"]),
     ("@ 张三", []), ("张三@", []), ("@@张三", ["张三"]), ("", [])],
)  # fmt: skip
def test_names_are_found_after_the_sign_the_longest_first(text: str, expected: list[str]) -> None:
    assert [w for w, _ in mentions.found(text, people("张三", "张三丰"))] == expected


def test_two_people_of_one_name_are_both_meant_and_offered_by_account() -> None:
    both = people("张三", "张三", "李四")
    assert [p.id for _, p in mentions.found("@张三", both)] == [0, 1]
    assert mentions.choices(both) == (("zhang0", "张三（zhang0）"), ("zhang1", "张三（zhang1）"), ("李四", "李四"))


def test_a_unit_is_offered_its_own_people_and_the_officers_of_the_matter(desk: own.Desk, matter: Matter) -> None:
    with desk.office.store.reading() as db:
        offered = {p.id for p in mentions.mentionable(db, desk.applicant, matter)}
        officers = {p.id for p in mentions.mentionable(db, desk.handler, matter)}
    assert offered == {desk.handler.id}
    assert officers == {desk.applicant.id, desk.second_handler.id, desk.approver.id}


def with_mail(desk: own.Desk, **more: bool) -> own.Desk:
    for person in (desk.applicant, desk.stranger, desk.handler, desk.second_handler, desk.approver):
        accounts.change_user(desk.office.store, desk.admin, person.id, name=person.name, roles=person.roles,
                             unit_id=person.unit_id, email=f"{person.account}@example.com", active=True)  # fmt: skip
    mail = Mail(host="127.0.0.1", port=1, **more)
    settings = replace(desk.office.settings, mail=mail, address="https://review.example.com")
    return replace(desk, office=replace(desk.office, settings=settings))


def mailed(desk: own.Desk) -> list[tuple[str, str]]:
    with desk.office.store.reading() as db:
        found = db.rows("SELECT recipient, subject FROM notices WHERE channel = 'mail' ORDER BY id")
    return [(r["recipient"].partition("@")[0], r["subject"]) for r in found]


def test_each_step_is_mailed_to_those_it_concerns_and_not_to_who_made_it(desk: own.Desk) -> None:
    desk = with_mail(desk)
    matter = own.draft(desk)
    seen: list[tuple[str, str]] = []
    for key, expected in (
        ("submit", {"handle", "handle2"}), ("accept", {"approve", "apply"}), ("assign", {"handle"}), ("begin", set()),
        ("ask_supplement", {"apply"}), ("supplement", {"handle"}), ("feedback", {"apply"}), ("revised", {"handle"}),
        ("conclude", {"approve"}), ("sign", {"apply", "handle"}), ("archive", set()),
    ):  # fmt: skip
        matter = own.go(desk, matter, key)
        now = mailed(desk)
        assert {who for who, _ in now[len(seen) :]} == expected, key
        seen = now
    assert seen[0][1] == "【待受理】设备采购合同" and not any(who == "other" for who, _ in seen)


def test_the_mail_on_steps_can_be_switched_off(desk: own.Desk) -> None:
    desk = with_mail(desk, moves=False)
    own.at(desk, "accepted")
    assert mailed(desk) == []


def test_a_mail_about_a_mention_does_not_repeat_what_was_said(desk: own.Desk, matter: Matter) -> None:
    desk = with_mail(desk, moves=False)
    comments.reply(desk.office, desk.handler, target(deposit(desk, matter)), f"@{desk.approver.name} 内情如下")
    with desk.office.store.reading() as db:
        (mail,) = db.rows("SELECT * FROM notices WHERE channel = 'mail'")
    assert mail["recipient"] == "approve@example.com" and "内情" not in mail["subject"] + mail["body"]
    assert f"https://review.example.com/review?id={matter.id}" in mail["body"]


def test_what_was_never_tried_goes_out_promptly_and_a_failure_waits_for_the_reminder(desk: own.Desk) -> None:
    desk = with_mail(desk)  # nobody listens there
    own.at(desk, "accepted")
    assert len(mailed(desk)) == 4
    assert [notices.send_waiting(desk.office, fresh=True)[:2] for _ in range(5)] == [(0, 1)] * 4 + [(0, 0)]
    assert notices.send_waiting(desk.office)[:2] == (0, 4)


def test_a_person_who_has_never_logged_in_is_not_mentioned(desk: own.Desk, matter: Matter) -> None:
    new = NewUser("fresh", "新同事", frozenset({Role.HANDLER}), own.PASSWORD)
    person = accounts.add_user(desk.office.store, desk.admin, new)
    comments.reply(desk.office, desk.handler, target(deposit(desk, matter)), "@新同事 看")
    assert said(desk, person) == []
