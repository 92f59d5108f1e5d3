"""Patterns with their signals, and limits whose signal stands further off."""

from __future__ import annotations

from seeing import matches, seen

from reviewer.checkers import numeric_limit, pattern

FREED = ("甲方(?:不承担|概不负责)[^。；，]{0,6}", "由乙方承担全部责任")


def test_places_of_one_sentence_are_told_in_the_words_of_the_first() -> None:
    text = "施工中的事故由乙方承担全部责任，甲方不承担责任。甲方概不负责看管。"
    found = matches(pattern, text, any=FREED)
    assert [m.span.of(text) for m in found] == ["由乙方承担全部责任", "甲方不承担责任", "甲方概不负责看管"]
    assert [m.values.get("原文") for m in found] == [None, "由乙方承担全部责任", None]


def test_a_place_is_reported_once_though_two_patterns_see_it() -> None:
    assert seen(pattern, "甲方概不负责看管。", any=("概不负责", *FREED)) == ["概不负责"]


def test_the_signal_of_a_limit_may_stand_elsewhere_in_the_provision() -> None:
    text = "合同\n第九条 保修期限：主体结构为设计使用年限；防水工程为3年；装修为2年。\n第十条 防水卷材库存3年。"
    near, needs = ("防水[^。；]{0,6}为",), ("保修",)
    assert seen(numeric_limit, text, quantity=near, kind="period", at_least="5年", needs=needs) == []
    found = seen(numeric_limit, text, quantity=near, kind="period", at_least="5年", needs=needs, scope="provision")
    assert found == ["防水工程为3年"]
