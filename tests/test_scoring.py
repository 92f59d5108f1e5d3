"""Outcomes → score and coverage receipt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer.domain import (
    Citation,
    Contents,
    Coverage,
    Document,
    Finding,
    Outcome,
    RuleOutcome,
    Score,
    Severity,
    Span,
)
from reviewer.scoring import coverage, score

CLEAR = tuple(RuleOutcome(f"contract/payment/r{i}", Outcome.CLEAR) for i in range(50))


def finding(rule: str = "contract/payment/late", severity: Severity = Severity.RISK, **more: object) -> Finding:
    plain = Finding(
        rule=rule,
        category="payment",
        aspect="内容",
        severity=severity,
        span=Span(0, 2),
        where="第三条",
        excerpt="甲方",
        title="付款期限过长",
        message="",
        suggestion="",
        edit=None,
        basis=(),
        unverified_basis=False,
        confidence=0.9,
        because="",
        clause=None,
        fingerprint="0" * 16,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def document(text: str = "甲方应当在验收合格后支付价款。" * 20, contents: Contents | None = None) -> Document:
    return Document("合同.docx", "0" * 64, "docx", text, (), contents or Contents())


def receipt(
    contents: Contents | None = None, outcomes: tuple[RuleOutcome, ...] = CLEAR, text: str = "字" * 500
) -> Coverage:
    return coverage(document(text, contents), (), outcomes)


def scored(*findings: Finding) -> Score:
    return score(findings, CLEAR, receipt())


def lost(result: Score) -> float:
    return sum(line.points for line in result.lines)


def test_a_draft_without_findings_has_full_marks() -> None:
    assert scored() == Score(100, "建议通过", ())


def test_every_point_lost_has_a_line_that_says_why() -> None:
    result = scored(finding(), finding("contract/dispute/both", Severity.ILLEGAL, title="仲裁与诉讼并列"))
    assert result.value == 100 - lost(result)
    assert [line.reason for line in result.lines] == ["违法：仲裁与诉讼并列，第三条", "风险：付款期限过长，第三条"]


def test_graver_findings_cost_more() -> None:
    points = [lost(scored(finding(severity=s))) for s in (Severity.ILLEGAL, Severity.RISK, Severity.ADVICE)]
    assert points[0] > points[1] > points[2] > 0


def test_repeats_of_one_rule_cost_less_and_less() -> None:
    one, two, three = (lost(scored(*[finding()] * n)) for n in (1, 2, 3))
    assert two - one == pytest.approx(one / 2)
    assert three - two == pytest.approx((two - one) / 2)
    assert "3处" in scored(*[finding()] * 3).lines[0].reason


def test_different_missing_clauses_of_one_rule_are_not_repeats() -> None:
    missing = [finding("contract/missing_clause/required", clause=key) for key in ("term", "dispute")]
    assert lost(scored(*missing)) == 2 * lost(scored(missing[0]))


def test_an_unsure_finding_costs_half_and_the_line_says_so() -> None:
    result = scored(finding(confidence=0.4))
    assert lost(result) == lost(scored(finding())) / 2
    assert "把握较低" in result.lines[0].reason


def test_advice_alone_never_costs_more_than_its_cap() -> None:
    many = [finding(f"contract/wording/w{i}", Severity.ADVICE) for i in range(40)]
    result = scored(*many)
    assert result.value == 90
    assert result.lines[-1].reason == "建议类扣分以10分为限"
    assert lost(result) == pytest.approx(10)


def test_the_score_never_falls_below_zero() -> None:
    many = [finding(f"contract/x/r{i}-{s}", s) for i in range(60) for s in Severity]
    result = scored(*many)
    assert result.value == 0
    assert result.grade == "建议不予通过"
    assert lost(result) == pytest.approx(100)


def test_whatever_was_found_shows_in_the_value() -> None:
    assert scored(finding(severity=Severity.ADVICE, confidence=0.3)).value == 99


def test_one_illegal_clause_keeps_a_draft_from_passing_as_it_is() -> None:
    assert scored(finding(severity=Severity.ILLEGAL)).grade == "建议修改后通过"
    assert scored(finding(severity=Severity.RISK)).grade == "建议通过"


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (score((), CLEAR, receipt(text="")), "只读到0个字"),
        (score((), CLEAR, receipt(Contents(pages=10, unreadable_pages=(1, 2, 3)))), "10页中有3页无法读取"),
        (score((), CLEAR, receipt(Contents(images=30))), "以图片为主"),
        (score((), (), receipt()), "没有可用的审查规则"),
        (score((finding(),), (*CLEAR[:8], RuleOutcome("r", Outcome.FAILED)), receipt()), "9条规则中有1条未能检查"),
    ],
)
def test_what_could_not_be_checked_is_never_a_score(result: Score, why: str) -> None:
    assert (result.value, result.grade) == (None, "未能评分")
    assert why in result.lines[0].reason


def test_a_few_failed_rules_leave_a_score_but_an_incomplete_receipt() -> None:
    outcomes = (*CLEAR, RuleOutcome("contract/property/lease", Outcome.FAILED, "期限无法换算"))
    told = receipt(outcomes=outcomes)
    assert score((), outcomes, told).value == 100
    assert told.complete is False
    assert told.not_checked == ("规则 contract/property/lease 未能检查（期限无法换算），请人工核对",)
    assert told.rules == {"found": 0, "clear": 50, "not_applicable": 0, "failed": 1}


@pytest.mark.parametrize(
    ("contents", "sentence", "complete"),
    [
        (Contents(pages=9, unreadable_pages=(2, 5, 6, 7)), "第2、5—7页无法读取", False),
        (Contents(images=2), "2幅图片", False),
        (Contents(embedded=1), "嵌入了1个对象", False),
        (Contents(pages=3, recognised_pages=(3,)), "第3页的文字由扫描件识别得出", True),
        (Contents(insertions=2, deletions=3), "插入2处、删除3处", True),
        (Contents(comments=4), "原有批注4条", True),
    ],
)
def test_the_receipt_says_what_a_person_must_read(contents: Contents, sentence: str, complete: bool) -> None:
    told = receipt(contents)
    assert len(told.not_checked) == 1
    assert sentence in told.not_checked[0]
    assert told.complete is complete


def test_a_plain_document_is_completely_checked() -> None:
    told = receipt(Contents(pages=4, tables=2, notes=1))
    assert told.complete is True
    assert told.not_checked == ()


def test_an_empty_document_is_not_completely_checked() -> None:
    assert receipt(text=" \n").complete is False


def test_laws_outside_the_catalogue_are_named_once_and_not_called_wrong() -> None:
    span = Span(0, 1)
    cited = [
        Citation(span, "行政处罚法", "中华人民共和国行政处罚法"),
        Citation(span, "青川区采购办法", None),
        Citation(span, "青川区采购办法", None),
    ]
    told = coverage(document(), cited, CLEAR)
    assert (told.citations, told.citations_resolved, told.citations_unknown) == (3, 1, ("青川区采购办法",))
    assert told.not_checked == ("引用的1件文件不在法律文件库中，其效力与条文未核对：《青川区采购办法》",)
    assert told.complete is True


def test_many_failed_rules_are_counted_instead_of_listed() -> None:
    told = receipt(outcomes=tuple(RuleOutcome(f"r{i}", Outcome.FAILED) for i in range(30)))
    assert told.not_checked[-1] == "另有10条规则未能检查，见各规则结果"
    assert len(told.not_checked) == 21
