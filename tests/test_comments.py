"""Comments: what people say about findings and passages, who may, and that nobody overwrites another."""

from __future__ import annotations

from pathlib import Path

import office_desk as own
import pytest

from reviewer.domain import Severity, Span
from reviewer.errors import UsageError
from reviewer.office import audit, comments, matters, reviewing, similar
from reviewer.office.adoption import adoption
from reviewer.office.comment_records import Answer, Comment, Status, Target, Verdict, Wording
from reviewer.office.records import ConflictError, ForbiddenError, Matter
from reviewer.office.sheet import Sheet, open_sheet

FIRST = """设备采购合同
甲方：某某局
乙方：某某公司
第一条 甲方向乙方采购设备，合同总价为人民币300000元。
第二条 乙方应支付定金，定金为合同总价的30%。
第三条 乙方应当在签订后三十日内交付设备，逾期的按日支付合同总价千分之一的违约金。
第四条 争议由双方协商解决。
"""
SECOND = """设备采购合同
甲方：某某局
乙方：某某公司
第一条 甲方向乙方采购设备，合同总价为人民币300000元。
第二条 设备应当符合国家标准。
第三条 乙方应支付定金，定金为合同总价的20%。
第四条 乙方应当在签订后三十日内交付设备，逾期的按日支付合同总价千分之一的违约金。
第五条 争议由双方协商解决。
"""
OWN_WORDS = Wording(Severity.RISK, "交付期限", "三十日与采购文件不一致", "改为“二十日内”", ("《民法典》第五百零九条",))


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


@pytest.fixture
def matter(desk: own.Desk) -> Matter:
    """A contract under review, its text reviewed by the machine."""
    return under_review(desk)


def upload(desk: own.Desk, matter: Matter, text: str, name: str) -> int:
    file_id = matters.upload(desk.office, desk.applicant, matter.id, "text", name, [text.encode()])
    reviewing.run_queued(desk.office, matter.id)
    return file_id


def under_review(desk: own.Desk, title: str = "设备采购合同") -> Matter:
    matter = own.draft(desk, title=title)
    upload(desk, matter, FIRST, "合同.txt")
    for key in own.PATHS["reviewing"]:
        matter = own.go(desk, matter, key)
    return matter


def sheet(desk: own.Desk, matter: Matter, **more: int) -> Sheet:
    return open_sheet(desk.office, desk.handler, matter.id, **more)


def deposit(desk: own.Desk, matter: Matter) -> Comment:
    """The machine's finding about the deposit of 30 %."""
    return next(c for c in sheet(desk, matter).comments if "deposit" in c.rule)


def target(comment: Comment) -> Target:
    return Target(comment.id, comment.finding_id, comment.version)


def passage(desk: own.Desk, matter: Matter, words: str) -> tuple[int, Span]:
    opened = sheet(desk, matter)
    start = opened.text.draft.text.index(words)
    return opened.file.id, Span(start, start + len(words))


def test_a_finding_waits_until_somebody_decides_and_then_carries_who_and_when(desk: own.Desk, matter: Matter) -> None:
    before = deposit(desk, matter)
    assert before.status is Status.PENDING and before.id == 0
    comments.accept(desk.office, desk.handler, target(before))
    after = deposit(desk, matter)
    assert after.status is Status.ACCEPTED and after.updated_by == desk.handler.name and after.updated_at
    assert [r.kind for r in after.remarks] == ["accept"]
    assert after.place.span == before.place.span


def test_accepting_in_other_words_keeps_what_the_machine_had_said(desk: own.Desk, matter: Matter) -> None:
    found = deposit(desk, matter)
    words = Wording(Severity.RISK, found.wording.title, "定金过高", "降至百分之二十")
    comments.accept(desk.office, desk.handler, target(found), words)
    after = deposit(desk, matter)
    assert after.wording.text == "定金过高" and after.edited and after.wording.severity is Severity.RISK
    assert found.wording.text in after.remarks[0].text


def test_a_false_alarm_needs_a_reason_and_can_be_taken_back(desk: own.Desk, matter: Matter) -> None:
    found = deposit(desk, matter)
    with pytest.raises(UsageError, match="误报的理由"):
        comments.dismiss(desk.office, desk.handler, target(found), " \u200b ")
    assert deposit(desk, matter).id == 0  # the refused attempt left nothing behind
    comments.dismiss(desk.office, desk.handler, target(found), "系保证金，不是定金")
    dismissed = deposit(desk, matter)
    assert (dismissed.status, dismissed.reason) == (Status.DISMISSED, "系保证金，不是定金")
    comments.restore(desk.office, desk.handler, target(dismissed))
    assert deposit(desk, matter).status is Status.PENDING


def test_the_second_officer_on_a_comment_is_told_who_was_first(desk: own.Desk, matter: Matter) -> None:
    seen_by_both = deposit(desk, matter)
    comments.accept(desk.office, desk.handler, target(seen_by_both))
    with pytest.raises(ConflictError, match=f"{desk.handler.name}.*已采用.*没有保存"):
        comments.dismiss(desk.office, desk.handler, target(seen_by_both), "误报")
    assert deposit(desk, matter).status is Status.ACCEPTED


def test_an_own_comment_stands_on_the_selected_words(desk: own.Desk, matter: Matter) -> None:
    file_id, span = passage(desk, matter, "三十日内")
    made = comments.add(desk.office, desk.approver, file_id, span, OWN_WORDS)
    assert (made.place.excerpt, made.place.where, made.status) == ("三十日内", "第三条", Status.ACCEPTED)
    with pytest.raises(UsageError, match="不在这份文件里"):
        comments.add(desk.office, desk.handler, file_id, Span(5, 100_000), OWN_WORDS)
    assert made.id in [c.id for c in sheet(desk, matter).comments]


def test_the_author_may_change_an_own_comment_and_another_officer_may_not(desk: own.Desk, matter: Matter) -> None:
    file_id, span = passage(desk, matter, "三十日内")
    made = comments.add(desk.office, desk.approver, file_id, span, OWN_WORDS)
    words = Wording(Severity.ADVICE, "交付期限", "请核对交付期限")
    changed = comments.edit(desk.office, desk.approver, target(made), words)
    assert changed.wording.text == "请核对交付期限" and "三十日与采购文件不一致" in changed.remarks[-1].text
    with pytest.raises(ForbiddenError):
        comments.edit(desk.office, desk.second_handler, target(changed), OWN_WORDS)
    assert comments.withdraw(desk.office, desk.approver, target(changed)).status is Status.WITHDRAWN


def test_only_the_handler_of_the_matter_decides_on_findings(desk: own.Desk, matter: Matter) -> None:
    found = deposit(desk, matter)
    for person in (desk.second_handler, desk.approver, desk.applicant, desk.stranger, desk.admin):
        with pytest.raises(ForbiddenError):
            comments.accept(desk.office, person, target(found))
    assert deposit(desk, matter).id == 0


def test_two_comments_become_one(desk: own.Desk, matter: Matter) -> None:
    kept = comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    file_id, span = passage(desk, matter, "定金为合同总价的30%")
    other = comments.add(desk.office, desk.handler, file_id, span, OWN_WORDS)
    merged = comments.merge(desk.office, desk.handler, target(other), kept.id)
    assert (merged.status, merged.merged_into) == (Status.MERGED, kept.id)
    assert [r.opinion for r in adoption(desk.office, desk.handler, matter.id).rows] == [kept.wording.text]
    with pytest.raises(UsageError, match="已采用的另一条"):
        comments.merge(desk.office, desk.handler, target(kept), kept.id)


def test_replies_and_assignments_show_who_said_what(desk: own.Desk, matter: Matter) -> None:
    found = deposit(desk, matter)
    comments.reply(desk.office, desk.second_handler, target(found), "去年同类合同也有这个问题")
    asked = comments.assign(desk.office, desk.approver, target(deposit(desk, matter)), desk.second_handler.id)
    assert [(r.user, r.kind) for r in asked.remarks] == [
        (desk.second_handler.name, "reply"), (desk.approver.name, "assign")]  # fmt: skip
    assert asked.assigned_name == desk.second_handler.name and asked.status is Status.PENDING
    with pytest.raises(UsageError, match="承办人或签发人"):
        comments.assign(desk.office, desk.approver, target(asked), desk.applicant.id)


def test_the_unit_sees_and_answers_an_opinion_once_it_was_fed_back(desk: own.Desk, matter: Matter) -> None:
    accepted = comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    with pytest.raises(ForbiddenError, match="还没有反馈"):
        comments.answer(desk.office, desk.applicant, target(accepted), Answer.ACCEPTED)
    assert accepted.id not in [c.id for c in open_sheet(desk.office, desk.applicant, matter.id).comments]
    own.go(desk, matter, "feedback")
    assert accepted.id in [c.id for c in open_sheet(desk.office, desk.applicant, matter.id).comments]
    with pytest.raises(UsageError, match="写明理由"):
        comments.answer(desk.office, desk.applicant, target(accepted), Answer.REJECTED)
    with pytest.raises(ForbiddenError):
        comments.answer(desk.office, desk.stranger, target(accepted), Answer.ACCEPTED)
    said = comments.answer(desk.office, desk.applicant, target(accepted), Answer.PARTLY, "降至25%")
    assert (said.answer, said.answer_reason, said.answered_by) == (Answer.PARTLY, "降至25%", desk.applicant.name)


def test_a_new_version_takes_the_comments_along_and_proposes_how_they_were_met(
    desk: own.Desk, matter: Matter
) -> None:
    accepted = comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    file_id, span = passage(desk, matter, "三十日内")
    kept = comments.add(desk.office, desk.handler, file_id, span, OWN_WORDS)
    matter = own.go(desk, matter, "feedback")
    upload(desk, matter, SECOND, "合同第二稿.txt")
    opened = sheet(desk, matter)
    by_id = {c.id: c for c in opened.comments}
    revised, unchanged = by_id[accepted.id].place, by_id[kept.id].place
    text = opened.text.draft.text
    assert revised.span is not None and "20%" in revised.after and "30%" in revised.before
    assert (revised.standing, revised.proposed) == ("changed", Verdict.REVISED)
    assert unchanged.span is not None and unchanged.span.of(text) == "三十日内"
    assert (unchanged.where, unchanged.standing, unchanged.proposed) == ("第四条", "kept", Verdict.UNCHANGED)
    confirmed = comments.confirm(desk.office, desk.handler, target(by_id[accepted.id]), Verdict.REVISED)
    assert (confirmed.place.verdict, confirmed.place.verdict_by) == (Verdict.REVISED, desk.handler.name)
    earlier = sheet(desk, matter, file_id=file_id)
    assert next(c for c in earlier.comments if c.id == kept.id).place.span == span  # the old version is as it was


def test_the_adoption_table_writes_itself(desk: own.Desk, matter: Matter) -> None:
    accepted = comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    file_id, span = passage(desk, matter, "三十日内")
    second = comments.add(desk.office, desk.handler, file_id, span, OWN_WORDS)
    matter = own.go(desk, matter, "feedback")
    comments.answer(desk.office, desk.applicant, target(accepted), Answer.ACCEPTED)
    comments.answer(desk.office, desk.applicant, target(second), Answer.REJECTED, "采购文件已更正")
    upload(desk, matter, SECOND, "合同第二稿.txt")
    sheet(desk, matter)
    table = adoption(desk.office, desk.applicant, matter.id)
    assert [(r.where, r.answer, r.verdict, r.reason) for r in table.rows] == [
        ("第三条", "采纳", "已按意见修改（待确认）", ""),
        ("第四条", "不采纳", "未修改（待确认）", "采购文件已更正")]  # fmt: skip
    assert table.in_words() == "共2条审查意见：采纳1条，不采纳1条"


def test_a_false_alarm_stays_dismissed_in_the_next_version(desk: own.Desk, matter: Matter) -> None:
    comments.dismiss(desk.office, desk.handler, target(deposit(desk, matter)), "另有约定")
    matter = own.go(desk, matter, "feedback")
    upload(desk, matter, SECOND.replace("20%", "30%"), "合同第二稿.txt")
    found = [c for c in sheet(desk, matter).comments if "deposit" in c.rule]
    assert [c.status for c in found] == [Status.DISMISSED]


def test_pasted_markup_and_control_characters_stay_plain_text(desk: own.Desk, matter: Matter) -> None:
    file_id, span = passage(desk, matter, "三十日内")
    pasted = "=HYPERLINK(\"x\")\r\n<b>粗</b>\x00\x07\u202e{{ 7 }}\u00a0尾\u2028行"
    made = comments.add(desk.office, desk.handler, file_id, span, Wording(Severity.RISK, "", pasted))
    assert made.wording.text == "=HYPERLINK(\"x\")\n<b>粗</b>{{ 7 }} 尾\n行"


def test_nothing_is_decided_after_the_matter_is_closed(desk: own.Desk) -> None:
    closed = own.at(desk, "archived")
    file_id = matters.view(desk.office, desk.handler, closed.id).files[0].id
    with pytest.raises(UsageError, match="已归档"):
        comments.add(desk.office, desk.handler, file_id, Span(0, 2), OWN_WORDS)


def test_earlier_comments_on_like_passages_are_found_within_ones_rights(desk: own.Desk, matter: Matter) -> None:
    comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    found = similar.search(desk.office, desk.handler, "定金为合同价款的25%")
    assert [e.matter_id for e in found] == [matter.id]
    assert similar.search(desk.office, desk.handler, "定金", besides=matter.id) == ()
    assert similar.search(desk.office, desk.stranger, "定金为合同价款的25%") == ()
    assert similar.search(desk.office, desk.handler, '"; DROP') == ()


def test_every_act_on_a_comment_is_in_the_log(desk: own.Desk, matter: Matter) -> None:
    accepted = comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))
    comments.reply(desk.office, desk.handler, target(accepted), "请核对")
    with desk.office.store.reading() as db:
        acts = [e.action for e in audit.entries(db, limit=2)]
        assert acts == ["回复意见", "采用意见"] and audit.verify(db).broken is None
