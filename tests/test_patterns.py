"""Patterns are written in Chinese punctuation, matched on folded text, and hang on literals that never lie."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain import fold
from reviewer.patterns import compiled, fold_pattern, required_literals
from reviewer.scan import literal_scanner


def test_a_full_width_bracket_is_a_literal_and_a_narrow_one_groups() -> None:
    assert fold_pattern("（甲方|乙方）") == r"\(甲方|乙方\)"
    assert compiled("（(甲方|乙方)）").search(fold("本合同（甲方）签章")) is not None
    assert compiled("比例：20％").search(fold("比例：20%")) is not None


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("定金.{0,10}百分之(二十|三十)", ("百分之三十", "百分之二十")),
        ("(甲|乙)方有权", ("乙方有权", "甲方有权")),
        ("合同(总)?价", ("合同价", "合同总价")),
        ("(罚款)*由甲方", ("由甲方",)),
        (".{3,5}", None),
        ("a?b?", None),
    ],
)
def test_the_literals_of_a_pattern_are_those_that_every_match_needs(pattern: str, literals: object) -> None:
    assert required_literals(pattern) == literals


PIECES = st.recursive(
    st.sampled_from(["甲", "乙方", "罚款", "[一二三]", ".", r"\d"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: "(" + "|".join(p) + ")"),
        inner.map(lambda p: f"(?:{p})?"),
        inner.map(lambda p: f"(?:{p}){{1,2}}"),
        inner.map(lambda p: f"(?!{p})"),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(PIECES, st.text("甲乙方罚款一二三3", max_size=12))
def test_no_match_is_ever_without_one_of_its_literals(pattern: str, text: str) -> None:
    literals = required_literals(pattern)
    for match in re.finditer(pattern, text):
        assert literals is None or any(word in match.group() for word in literals)


def test_the_scan_finds_overlapping_words_at_code_points() -> None:
    found = literal_scanner(["合同", "合同法", "法律"])("𠮷合同法律")
    assert found == {"合同": (1,), "合同法": (1,), "法律": (3,)}
