"""An amount that is too large a share of another."""

from __future__ import annotations

from typing import Any

import pytest
from seeing import matches, seen

from reviewer.checkers import amount_share

TENTH: dict[str, Any] = {"part": ("追加",), "whole": ("原合同金额",), "at_most": "10%"}


def test_an_addition_over_a_tenth_names_both_amounts_and_the_share() -> None:
    [match] = matches(amount_share, "原合同金额为100万元。现追加服务费18万元。", **TENTH)
    assert match.values == {"值": "18万元", "总额": "100万元", "比例": "18%"}


@pytest.mark.parametrize(
    "text",
    [
        "原合同金额为100万元。现追加服务费10万元。",  # exactly a tenth
        "原合同金额为100万元。现追加服务费。合同另附清单18万元。",  # the amount belongs to another sentence
        "现追加服务费18万元。",
        "原合同金额为100万元。现追加服务费180万元。",  # more than the whole: not a share of it
        "原合同金额：包一100万元。原合同金额：包二900万元。现追加服务费18万元。",  # of several lots the largest counts
        "原合同金额为100万元。每台追加单价18万元/台。",
    ],
)
def test_a_lawful_share_or_an_uncertain_whole_stays_silent(text: str) -> None:
    assert seen(amount_share, text, **TENTH) == []


def test_words_and_figures_are_compared_as_money() -> None:
    text = "原合同金额为人民币伍拾万元整。双方同意追加60,000元。"
    assert seen(amount_share, text, **TENTH) == ["追加60,000元"]


def test_a_context_that_excludes() -> None:
    text = "原合同金额为100万元。因设计变更追加18万元。"
    assert seen(amount_share, text, **TENTH) == ["追加18万元"]
    assert seen(amount_share, text, **TENTH, unless=("设计变更",)) == []
