"""The flow as a whole: outcomes, merged places, doubles, determinism, and a broken rule that stays visible."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from reviewer.checkers.pattern import Options
from reviewer.domain import Line, Outcome, Rule, Severity
from reviewer.exports.json import as_object
from reviewer.handbook import example_document
from reviewer.pipeline import Engine

ON = dt.date(2026, 11, 21)
CONTRACT = """物业服务合同
甲方：某区机关事务服务中心
乙方：青禾物业服务有限公司
第一条 服务内容
乙方为甲方办公楼提供保洁、保安和设备维护服务，其它服务另行约定，帐户信息见附件。
第二条 违约责任
乙方违约的，甲方有权处以罚款五千元。乙方再次违约的，甲方有权处以罚款一万元。
甲方（盖章）：　　　　乙方（盖章）：
"""


def own_rule(engine: Engine, **changes: Any) -> Rule:
    shipped = engine.lexicon.rule("contract/payment/paid-when-paid")
    assert shipped is not None
    options = Options(any=("罚款",))
    base = replace(shipped, id="contract/payment/own", checker="pattern", options=options, message="有罚款",
                   suggestion="删除", types=(), when=type(shipped.when)())  # fmt: skip
    return replace(base, **changes)


def with_rules(engine: Engine, *rules: Rule) -> Engine:
    return replace(engine, lexicon=replace(engine.lexicon, rules=rules))


def test_every_rule_of_the_line_has_an_outcome(engine: Engine) -> None:
    review = engine.review(example_document(CONTRACT), on=ON)
    assert review.draft.line == Line.CONTRACT
    assert {o.rule for o in review.outcomes} == {r.id for r in engine.lexicon.rules_for(Line.CONTRACT)}
    assert not [o for o in review.outcomes if o.outcome == Outcome.FAILED]
    found = {o.rule for o in review.outcomes if o.outcome == Outcome.FOUND}
    assert {f.rule for f in review.findings} <= found


def test_the_same_defect_in_several_places_is_one_finding(engine: Engine) -> None:
    (finding,) = with_rules(engine, own_rule(engine)).review(example_document(CONTRACT), on=ON).findings
    places = [finding.span, *finding.also_at]
    assert [p.of(CONTRACT) for p in places] == ["罚款", "罚款"]


def test_quotation_marks_within_quotation_marks_become_single_ones(engine: Engine) -> None:
    text = CONTRACT.replace("罚款五千元", "“罚款”五千元")
    rule = own_rule(engine, options=Options(any=("处以.罚款.",)), message="“{原文}”没有依据", suggestion="改{原文}")
    (finding,) = with_rules(engine, rule).review(example_document(text), on=ON).findings
    assert finding.message == "“处以‘罚款’”没有依据"
    assert finding.suggestion == "改处以“罚款”"


def test_of_two_rules_on_the_same_words_the_more_serious_stays(engine: Engine) -> None:
    mild = own_rule(engine, id="contract/payment/mild", severity=Severity.ADVICE, message="宜改")
    grave = own_rule(engine, id="contract/payment/grave", severity=Severity.ILLEGAL)
    review = with_rules(engine, mild, grave).review(example_document(CONTRACT), on=ON)
    assert [f.rule for f in review.findings] == ["contract/payment/grave"]
    assert all(o.outcome == Outcome.FOUND for o in review.outcomes)


def test_small_findings_of_one_group_become_one_that_lists_all_places(engine: Engine) -> None:
    one = own_rule(engine, id="contract/payment/one", group="小毛病")
    two = own_rule(engine, id="contract/payment/two", group="小毛病", message="有保洁",
                   options=Options(any=("保洁",)))  # fmt: skip
    (finding,) = with_rules(engine, one, two).review(example_document(CONTRACT), on=ON).findings
    assert finding.title == "小毛病"
    assert {"有罚款", "有保洁"} == set(finding.message.split("；"))
    assert sorted(p.of(CONTRACT) for p in (finding.span, *finding.also_at)) == ["保洁", "罚款", "罚款"]


def test_a_rule_outside_its_types_or_precondition_is_not_applicable_and_says_why(engine: Engine) -> None:
    typed = own_rule(engine, id="contract/payment/typed", types=("借款合同",))
    reviewed = with_rules(engine, typed).review(example_document(CONTRACT), on=ON)
    assert [(o.outcome, o.reason) for o in reviewed.outcomes] == [(Outcome.NOT_APPLICABLE, "不适用于物业管理")]


def test_a_rule_that_breaks_is_failed_with_its_reason_and_hides_no_other(engine: Engine) -> None:
    broken = own_rule(engine, id="contract/payment/broken", message="比例为{没有这个值}")
    review = with_rules(engine, broken, own_rule(engine)).review(example_document(CONTRACT), on=ON)
    assert review.outcomes[0].outcome == Outcome.FAILED
    assert "没有这个值" in review.outcomes[0].reason
    assert [f.rule for f in review.findings] == ["contract/payment/own"]
    assert not review.coverage.complete
    assert any("contract/payment/broken" in sentence for sentence in review.coverage.not_checked)


def test_words_inside_title_marks_do_not_fire_word_rules(engine: Engine) -> None:
    text = CONTRACT.replace("处以罚款五千元", "执行《罚款管理办法》")
    (finding,) = with_rules(engine, own_rule(engine)).review(example_document(text), on=ON).findings
    assert finding.also_at == ()
    assert finding.span.start > text.index("再次违约")


def test_the_same_input_gives_the_same_findings(engine: Engine) -> None:
    first, second = (as_object(engine.review(example_document(CONTRACT), on=ON)) for _ in range(2))
    assert first == second


def test_a_disposition_survives_an_edit_elsewhere(engine: Engine) -> None:
    tested = with_rules(engine, own_rule(engine))
    before = tested.review(example_document(CONTRACT), on=ON).findings
    after = tested.review(example_document(CONTRACT.replace("办公楼", "办公楼和食堂")), on=ON).findings
    assert [f.fingerprint for f in before] == [f.fingerprint for f in after]
    assert before[0].span != after[0].span
