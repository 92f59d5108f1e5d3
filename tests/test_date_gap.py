"""Two labelled dates and the time that the law wants between them."""

from __future__ import annotations

from typing import Any

import pytest
from seeing import matches, seen

from reviewer.checkers import date_gap

DUE: dict[str, Any] = {"first": (r"发售时间[:：]",), "second": (r"截止时间[:：]",), "at_least": "20日"}


def test_the_later_date_is_reported_with_its_label() -> None:
    text = "发售时间：2026年6月1日。\n投标截止时间：2026年6月12日。"
    [match] = matches(date_gap, text, **DUE)
    assert match.values == {"起": "2026年6月1日", "止": "2026年6月12日", "日数": "11"}
    assert seen(date_gap, text, **DUE) == ["截止时间：2026年6月12日"]


def test_the_earlier_date_is_reported_where_the_rule_asks_for_it() -> None:
    text = "发售时间：2026年6月1日。\n投标截止时间：2026年6月12日。"
    assert seen(date_gap, text, **DUE, report="first") == ["发售时间：2026年6月1日"]


@pytest.mark.parametrize(
    "text",
    [
        "发售时间：2026年6月1日。\n投标截止时间：2026年6月21日。",  # exactly twenty days
        "发售时间：2026年6月1日。\n投标截止时间：2026年5月20日。",  # the wrong way round is another defect
        "发售时间：2026年6月1日。",
        "投标截止时间：2026年6月12日。",
        "发售时间：另行通知。2026年6月1日发布。\n投标截止时间：2026年6月12日。",  # the date belongs to something else
        "发售时间：2026年6月。\n投标截止时间：2026年6月12日。",
    ],
)
def test_a_lawful_gap_or_a_missing_date_stays_silent(text: str) -> None:
    assert seen(date_gap, text, **DUE) == []


def test_a_year_left_out_is_that_of_the_earlier_date() -> None:
    assert seen(date_gap, "发售时间：2026年6月1日。\n投标截止时间：6月5日。", **DUE) == ["截止时间：6月5日"]


def test_a_range_counts_both_of_its_days() -> None:
    options: dict[str, Any] = {"first": (r"获取时间[:：]",), "at_least": "5日"}
    whole = "获取时间：2026年6月1日至2026年6月4日"
    assert seen(date_gap, f"{whole}。", **options) == [whole]
    assert seen(date_gap, "获取时间：2026年6月1日至2026年6月5日。", **options) == []
    assert seen(date_gap, "获取时间：2026年6月1日。2026年6月2日开标。", **options) == []


def test_too_much_time_and_a_context_that_excludes() -> None:
    options: dict[str, Any] = {"first": (r"中标通知书",), "second": (r"签订日期",), "at_most": "30日"}
    options["unless"] = ("补充协议",)
    text = "中标通知书（2026年1月5日）。\n{0}签订日期：2026年3月1日。"
    assert seen(date_gap, text.format(""), **options) == ["签订日期：2026年3月1日"]
    assert seen(date_gap, text.format("补充协议"), **options) == []
