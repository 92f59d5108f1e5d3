"""An administrator demotes, stops and restores rules of the handbook; the reviews of the office follow and say so."""

from __future__ import annotations

import json
from pathlib import Path

import office_desk as own
import pytest
from test_comments import FIRST, deposit, under_review

from reviewer.domain import Line, Severity
from reviewer.errors import UsageError
from reviewer.handbook import example_document
from reviewer.office import audit, reviewing, rows, rule_decisions
from reviewer.office.records import ForbiddenError
from reviewer.office_rules import Decision

OFF, ADVICE, RESTORED = Decision.OFF, Decision.ADVICE, Decision.RESTORED


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


def reviewed(desk: own.Desk):  # type: ignore[no-untyped-def]
    return desk.office.engine().review(example_document(FIRST), line=Line.CONTRACT)


def deposit_rule(desk: own.Desk) -> str:
    return next(f.rule for f in reviewed(desk).findings if "deposit" in f.rule)


def test_a_stopped_rule_finds_nothing_more_and_the_receipt_says_who_stopped_it_and_why(desk: own.Desk) -> None:
    rule, before = deposit_rule(desk), reviewed(desk)
    made = rule_decisions.decide(desk.office, desk.admin, rule, OFF, "本地另有\n规定")
    after = reviewed(desk)
    assert rule not in {f.rule for f in after.findings}
    (outcome,) = [o for o in after.outcomes if o.rule == rule]
    told = f"本单位停用，理由：本地另有 规定（管理员 {made.on} 决定）"
    assert (outcome.outcome, outcome.reason) == ("not_applicable", told)
    (told,) = set(after.coverage.not_checked) - set(before.coverage.not_checked)
    assert told.startswith("本单位停用了1条规则，没有检查") and "本地另有 规定；管理员" in told
    assert after.versions.lexicon.startswith(f"{before.versions.lexicon}+本单位-")
    assert {f.rule for f in before.findings} - {f.rule for f in after.findings} == {rule}


def test_a_demoted_rule_still_finds_but_as_advice(desk: own.Desk) -> None:
    rule = deposit_rule(desk)
    (before,) = [f for f in reviewed(desk).findings if f.rule == rule]
    rule_decisions.decide(desk.office, desk.admin, rule, ADVICE, "误报太多")
    review = reviewed(desk)
    (after,) = [f for f in review.findings if f.rule == rule]
    assert (before.severity, after.severity) == (Severity.ILLEGAL, Severity.ADVICE)
    assert "本单位降为提示，理由：误报太多" in after.because
    assert (after.span, after.fingerprint) == (before.span, before.fingerprint)
    assert not any("停用" in s for s in review.coverage.not_checked)


def test_a_restored_rule_is_as_before_and_every_decision_is_kept_and_logged(desk: own.Desk) -> None:
    rule, before = deposit_rule(desk), reviewed(desk)
    for decision in (ADVICE, OFF, RESTORED):
        rule_decisions.decide(desk.office, desk.admin, rule, decision, f"因为{decision}")
    assert reviewed(desk) == before
    assert [d.decision for d in rule_decisions.history(desk.office, desk.handler)] == [RESTORED, OFF, ADVICE]
    with desk.office.store.reading() as db:
        assert rule_decisions.current(db) == ()
        logged = [(e.action, e.target, json.loads(e.detail)) for e in audit.entries(db, words="规则")]
    assert logged == [
        ("规则恢复", rule, {"before": "off", "reason": "因为restored"}),
        ("规则停用", rule, {"before": "advice", "reason": "因为off"}),
        ("规则降为提示", rule, {"before": "restored", "reason": "因为advice"}),
    ]


def test_a_decision_holds_for_the_next_reviews_of_matters_and_not_for_earlier_ones(desk: own.Desk) -> None:
    matter = under_review(desk)
    found = deposit(desk, matter)
    rule_decisions.decide(desk.office, desk.admin, found.rule, OFF, "本单位不用")
    assert deposit(desk, matter).rule == found.rule  # what was found stays
    summary = reviewing.review_again(desk.office, desk.applicant, found.file_id)
    with desk.office.store.reading() as db:
        assert found.rule not in {f.rule for f in rows.findings(db, summary.id)}
    assert any("停用了1条规则" in sentence for sentence in summary.not_checked)
    name, report = reviewing.paper(desk.office, desk.applicant, found.file_id, "html")
    assert "本单位停用了1条规则" in report.decode() and name.endswith(".html")


def test_a_decision_needs_a_reason_a_known_rule_and_a_change(desk: own.Desk) -> None:
    rule = deposit_rule(desk)
    for wanted, decision, reason, said in (
        (rule, OFF, "  ", "请填写理由"), ("contract/no/such", OFF, "因为", "没有规则"),
        (rule, RESTORED, "因为", "没有降级"), (rule, OFF, "字" * 301, "不能超过"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=said):
            rule_decisions.decide(desk.office, desk.admin, wanted, decision, reason)
    rule_decisions.decide(desk.office, desk.admin, rule, OFF, "因为")
    with pytest.raises(UsageError, match="已经停用"):
        rule_decisions.decide(desk.office, desk.admin, rule, OFF, "因为")


def test_nobody_but_the_administrator_decides(desk: own.Desk) -> None:
    rule = deposit_rule(desk)
    for person in (desk.applicant, desk.handler, desk.approver):
        with pytest.raises(ForbiddenError):
            rule_decisions.decide(desk.office, person, rule, OFF, "因为")
    assert rule in {f.rule for f in reviewed(desk).findings}


def test_another_office_is_not_touched(desk: own.Desk, tmp_path: Path) -> None:
    other = own.open_desk(tmp_path / "other")
    rule = deposit_rule(desk)
    rule_decisions.decide(desk.office, desk.admin, rule, OFF, "因为")
    assert rule in {f.rule for f in reviewed(other).findings}
