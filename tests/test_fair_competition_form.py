"""The form of the fair competition review: its items against the handbook, and what it says of real reviews."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from pathlib import Path

import pytest

from reviewer import exports
from reviewer.domain import Line, Outcome, Review, RuleOutcome
from reviewer.errors import LexiconError
from reviewer.exports import fair_competition_form as form
from reviewer.exports._fair_competition_items import Group, groups
from reviewer.handbook import example_document
from reviewer.pipeline import Engine

ON = dt.date(2026, 11, 21)
POLICY = """某某区关于促进产业发展的若干措施

为促进产业发展，制定本措施。
第一条 政府投资项目同等条件下优先选用本地建材。
第二条 本措施自2026年12月1日起施行。

某某区人民政府
2026年11月20日
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.fixture(scope="module")
def policy(engine: Engine) -> Review:
    return engine.review(example_document(POLICY), on=ON, line=Line.NORMATIVE)


def result(review: Review, key: str) -> form.Row:
    return next(row for group in groups() for row in form.rows(review, group) if row.item.key == key)


def words(data: bytes) -> str:
    from docx import Document

    paper = Document(io.BytesIO(data))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


def test_every_item_is_looked_at_by_rules_that_exist_or_says_why_a_person_must(engine: Engine) -> None:
    known = {rule.id for rule in engine.lexicon.rules if rule.status == "active"}
    for group in groups():
        for item in group.items:
            assert item.rules or item.needs_person, item.key
            assert set(item.rules) <= known, f"{item.key}: {set(item.rules) - known}"


def test_every_rule_on_fair_competition_belongs_to_an_item(engine: Engine) -> None:
    claimed = {rule for group in groups() for item in group.items for rule in item.rules}
    own = {r.id for r in engine.lexicon.rules if r.category == form.CATEGORY and r.status == "active"}
    assert own - claimed == set()


def test_every_numbered_item_of_articles_eight_to_twelve_is_a_row() -> None:
    counted = {g.article: [i.number for i in g.items if i.number.startswith("（")] for g in groups()}
    numbers = ["（一）", "（二）", "（三）", "（四）", "（五）", "（六）"]
    for article, items in (("八", 5), ("九", 6), ("十", 4), ("十一", 4), ("十二", 4)):
        assert counted[f"《公平竞争审查条例》第{article}条"] == numbers[:items]


def test_a_finding_stands_in_the_row_of_its_item_with_place_and_words(policy: Review) -> None:
    row = result(policy, "flow-procurement")
    assert row.result == "发现问题"
    assert any("第一条" in d and "优先选用本地建材" in d for d in row.details)


def test_an_item_whose_rules_found_nothing_says_how_many_looked(policy: Review) -> None:
    row = result(policy, "flow-goods")
    clear = sum(o.rule in row.item.rules and o.outcome is Outcome.CLEAR for o in policy.outcomes)
    assert clear > 0
    assert (row.result, row.details[0]) == ("未发现", f"已检查{clear}条规则")


def test_an_item_without_rules_is_left_to_a_person_with_the_reason(policy: Review) -> None:
    row = result(policy, "access-other")
    assert row.result == "须由人审查"
    assert "兜底" in row.details[0]


def test_a_rule_that_failed_is_not_taken_for_nothing_found(policy: Review) -> None:
    rule = "common/fair_competition/price-coordination"
    outcomes = tuple(RuleOutcome(rule, Outcome.FAILED, "坏了") if o.rule == rule else o for o in policy.outcomes)
    row = result(dataclasses.replace(policy, outcomes=outcomes), "conduct-monopoly")
    assert row.result == "未能检查"
    assert "须由人审查" in row.details[0]


def test_an_item_whose_rules_do_not_apply_to_the_type_is_left_to_a_person(policy: Review) -> None:
    ids = next(i.rules for g in groups() for i in g.items if i.key == "flow-goods")
    outcomes = tuple(RuleOutcome(r, Outcome.NOT_APPLICABLE, "不适用") for r in ids)
    row = result(dataclasses.replace(policy, outcomes=outcomes), "flow-goods")
    assert row.result == "须由人审查"
    assert "不适用于" in row.details[0]


def test_a_finding_of_a_rule_outside_all_items_is_listed_by_itself(policy: Review) -> None:
    finding = dataclasses.replace(
        policy.findings[0], rule="common/fair_competition/own-rule", category=form.CATEGORY, title="本单位的规则"
    )
    text = words(exports.export("fair_competition_form", dataclasses.replace(policy, findings=(finding,))))
    assert "其他涉及公平竞争的意见" in text and "本单位的规则" in text


def test_the_form_draws_no_conclusion_and_ends_with_the_receipt(policy: Review) -> None:
    text = words(exports.export("fair_competition_form", policy))
    assert "☑" not in text and "□符合公平竞争审查标准，可以出台" in text
    assert "机审回执" in text and policy.draft.document.sha256 in text
    assert f"全文{len(POLICY)}字" in text


def test_the_same_review_makes_the_same_bytes(policy: Review) -> None:
    assert exports.export("fair_competition_form", policy) == exports.export("fair_competition_form", policy)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: {name: 甲, article: 乙, items: [{key: k, number: 一, text: 丙}]}", "既没有 rules 也没有 needs_person"),
        ("a: {name: 甲, article: 乙, items: [], colour: 红}", "不认识的键 colour"),
        ("a: {name: 甲, items: []}", "缺少必填的键 article"),
        ("- 甲", "顶层应当是"),
        (
            "a: {name: 甲, article: 乙, items: [{key: k, number: 一, text: 丙, needs_person: 丁},"
            " {key: k, number: 二, text: 丙, needs_person: 丁}]}",
            "key k 重复",
        ),
    ],
)
def test_a_faulty_list_of_items_is_refused_with_file_and_problem(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "items.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError, match=problem) as refused:
        groups(path)
    assert str(path) in str(refused.value)


def test_the_exceptions_are_not_counted_as_defects() -> None:
    excused: list[Group] = [g for g in groups() if g.exceptions]
    assert [g.article for g in excused] == ["《公平竞争审查条例》第十二条"]
