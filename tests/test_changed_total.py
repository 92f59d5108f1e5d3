"""A supplement that changes the price: the old price and the change make the new one."""

from __future__ import annotations

import pytest
from seeing import matches, seen

from reviewer.checkers import changed_total


def test_a_new_total_that_is_not_the_sum_is_told_with_the_sum() -> None:
    [match] = matches(changed_total, "原合同价款为860万元，增加工程价款75万元，调整后合同总价为945万元。")
    assert match.values == {"原价": "8,600,000", "应为": "9,350,000", "写作": "9,450,000"}


def test_what_is_taken_away_counts_too() -> None:
    text = "原合同总价1200万元，核减绿化工程60万元，增加照明20万元，变更后合同价款为1150万元。"
    assert seen(changed_total, text) == ["1150万元"]


@pytest.mark.parametrize(
    "text",
    [
        "原合同价款为860万元，增加工程价款75万元，调整后合同总价为935万元。",
        "原合同价款为860万元，调整后合同总价为935万元。",
        "合同价款为860万元，增加工程价款75万元，调整后合同总价为945万元。",
        "原合同价款为860万元，增加绿化，单价增加30元/平方米，调整后合同总价为945万元。",
    ],
)
def test_right_sums_and_totals_without_a_stated_change_are_silent(text: str) -> None:
    assert seen(changed_total, text) == []


def test_it_is_asked_wherever_the_new_total_may_be_named() -> None:
    text = "原合同价款为860万元，增加工程价款75万元，现合同总价为945万元。"
    assert seen(changed_total, text) == ["945万元"]
    words = changed_total.literals(changed_total.Options())
    assert words is not None
    assert any(word in text for word in words)
