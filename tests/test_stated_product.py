"""A quantity, a unit price and the sum that they do not make."""

from __future__ import annotations

from typing import Any

import pytest
from seeing import matches, seen

from reviewer.checkers import stated_product

SUM: dict[str, Any] = {
    "any": (r"(?P<量>[\d,.]+)[台套][，]单价(?P<价>[\d,.]+元)[，](?:共计|合计)(?P<额>[\d,.]+(?:万)?元)",),
    "unless": ("优惠",),
}


def test_a_sum_that_is_not_price_times_quantity_is_told_with_the_right_one() -> None:
    [match] = matches(stated_product, "电脑35台，单价5,200元，共计172000元。", **SUM)
    assert match.values == {"应为": "182,000元", "所写": "172000元"}


@pytest.mark.parametrize(
    "text",
    [
        "电脑35台，单价5200元，共计182000元。",
        "电脑35台，单价5200元，共计18.2万元。",
        "打印机12台，单价3800元，合计547200元。",  # twelve months
        "电脑35台，单价5200元，共计172000元（优惠后）。",
        "电脑35台，单价5200元。共计172000元。",  # another sentence
        "电脑0台，单价5200元，共计172000元。",
    ],
)
def test_a_right_sum_or_one_with_a_reason_stays_silent(text: str) -> None:
    assert seen(stated_product, text, **SUM) == []


def test_a_place_found_by_two_patterns_is_told_once() -> None:
    twice = {**SUM, "any": (*SUM["any"], *SUM["any"])}
    assert len(matches(stated_product, "椅子10套，单价100元，合计1100元。", **twice)) == 1
