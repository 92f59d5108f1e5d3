"""Dates, periods and numbers of copies that contradict each other."""

from __future__ import annotations

import pytest
from seeing import matches, seen

from reviewer.checkers import copy_counts, date_logic, stated_twice


@pytest.mark.parametrize("date", ["2027年2月29日", "2026年13月1日", "每年11月31日"])
def test_a_day_that_no_calendar_has(date: str) -> None:
    assert len(seen(date_logic, f"有效期至{date}。", look="impossible")) == 1


@pytest.mark.parametrize("date", ["2028年2月29日", "每年2月29日", "12月31日"])
def test_real_days_stay_silent(date: str) -> None:
    assert seen(date_logic, f"有效期至{date}。", look="impossible") == []


def test_the_end_lies_before_the_start() -> None:
    assert seen(date_logic, "自2027年1月1日起至2026年12月31日止。", look="order") == ["2027年1月1日起至2026年12月31日"]
    assert seen(date_logic, "自2026年3月1日至5月1日。", look="order") == []


@pytest.mark.parametrize(
    "text",
    [
        "期限为一年，自2026年1月1日至2026年12月31日。",
        "期限12个月，自2026年1月1日至2027年1月1日。",
        "自2026年1月1日至2028年12月31日，验收期限为7日。",
    ],
)
def test_a_length_that_fits_or_belongs_to_something_else(text: str) -> None:
    assert seen(date_logic, text, look="length") == []


def test_a_length_that_the_dates_do_not_have() -> None:
    [match] = matches(date_logic, "期限为一年，自2026年1月1日至2027年12月31日。", look="length")
    assert match.because == "所写期限为一年，起止日期相距730日"


def test_completion_within_reach_of_the_stated_days() -> None:
    late = "总工期360天，竣工日期：2026年12月1日。本合同于2026年7月7日签署。"
    fits = "开工日期：2026年3月1日，竣工日期：2026年6月28日，总工期120天。"
    assert seen(date_logic, late, look="completion") == ["2026年12月1日"]
    assert seen(date_logic, fits, look="completion") == []


WARRANTY = r"质保期(?:为)?(?P<数>[\d一二三]{1,2})\s?(?P<单位>个月|年)"


def test_one_quantity_with_two_values_names_both_places() -> None:
    text = "第一条 质保期为12个月。\n第二条 其他。\n第三条 质保期2年。"
    [match] = matches(stated_twice, text, any=(WARRANTY,), name="质保期")
    assert match.values == {"名称": "质保期", "前": "12个月", "后": "2年", "前处": "第一条"}


def test_a_year_and_twelve_months_are_one_value() -> None:
    assert seen(stated_twice, "第一条 质保期为12个月。\n第二条 质保期一年。", any=(WARRANTY,), name="质保期") == []


def test_working_days_are_not_compared_with_days() -> None:
    pattern = r"(?P<数>\d+)\s?(?:个)?(?P<单位>工作日|日)内付款"
    assert seen(stated_twice, "第一条 3个工作日内付款。\n第二条 5日内付款。", any=(pattern,), name="付款期限") == []


@pytest.mark.parametrize(
    "text",
    [
        "本合同一式四份，甲乙双方各执三份。",
        "本协议一式六份，甲方执三份，乙方执两份。",
        "本合同一式八份，正本二份、副本四份。",
        "本协议一式两份，甲乙双方各执一份，施工单位一份。",
        "本合同正本两份，甲乙双方各执二份；副本六份，甲方持有四份，乙方持有二份。",
    ],
)
def test_copies_that_do_not_add_up(text: str) -> None:
    assert len(seen(copy_counts, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "本合同一式四份，甲乙双方各执两份。",
        "本合同一式五份，甲乙双方各执一份，公证处、物价局、银行各存一份。",
        "本合同一式六份，甲乙双方各执两份，其余报备案。",
        "本协议一式三份，甲乙双方各执一份，监理单位一份。",
        "本合同正本两份，甲乙双方各执1份；副本六份，甲方持有4份，乙方持有2份。",
        "本合同一式__份，由双方各执正本一份、副本__份。",
    ],
)
def test_copies_that_add_up_or_leave_a_rest(text: str) -> None:
    assert seen(copy_counts, text) == []
