"""Areas whose parts nearly make the whole."""

from __future__ import annotations

import pytest
from seeing import matches, seen

from reviewer.checkers import area_sums


def test_parts_after_of_which_are_added_up() -> None:
    [match] = matches(area_sums, "该地块用地面积120.5亩，其中住宅用地80.2亩、道路用地41.3亩。")
    assert match.values == {"总数": "120.5亩", "合计": "121.5亩", "项数": "2"}


def test_parts_listed_in_brackets_are_added_up() -> None:
    [match] = matches(area_sums, "流转耕地560亩（其中水田420亩，旱地150亩），期限五年。")
    assert match.values["合计"] == "570亩"
    assert seen(area_sums, "流转耕地560亩（其中水田410亩，旱地150亩），期限五年。") == []


def test_a_list_under_its_heading_is_added_up_against_the_area_approved() -> None:
    text = "批准征收集体土地9.40公顷。\n一、位置\n河东路南。\n二、被征收村及面积\n甲村5.20公顷，\n乙村4.10公顷。"
    assert seen(area_sums, text) == ["9.40公顷"]


@pytest.mark.parametrize(
    "text",
    [
        "该地块用地面积120.5亩，其中住宅用地80.2亩、道路用地40.3亩。",
        "该地块用地面积120.5亩，其中住宅用地80.2亩、道路用地20.1亩。",  # the parts are not all of them
        "批准征收土地9.8公顷，其中农用地6.1公顷（含耕地5.0公顷）、建设用地3.7公顷。",
        "租赁面积99.99平方米，其中东间33.33平方米、中间33.33平方米、西间33.34平方米。",  # rounding
        "总面积30公顷，其中耕地每亩补偿按20公顷以上计算，不低于9公顷。",
        "场地面积1200平方米，其中室内11亩，室外9亩。",  # another unit
    ],
)
def test_wholes_that_agree_or_cannot_be_compared_stay_silent(text: str) -> None:
    assert seen(area_sums, text) == []
