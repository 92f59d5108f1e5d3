"""Patterns are written in Chinese punctuation, matched on folded text, and hang on literals that never lie."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain import BusinessLine, Document, DocumentType, Line, fold
from reviewer.laws import LawCatalogue
from reviewer.patterns import candidate_sentences, compiled, fold_pattern, found, matches_by_sentence, signs_of
from reviewer.scan import literal_scanner
from reviewer.understanding import understand

LINES = {Line.CONTRACT: BusinessLine(Line.CONTRACT, "政府合同", "合法性审查", (DocumentType("合同"),))}


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
    assert signs_of(pattern)[:1] == ((literals,) if literals else ())


PIECES = st.recursive(
    st.sampled_from(["甲", "乙方", "罚款", "[一二三]", ".", r"\d"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: "(" + "|".join(p) + ")"),
        inner.map(lambda p: f"(?:{p})?"),
        inner.map(lambda p: f"(?:{p}){{1,2}}"),
        inner.map(lambda p: f"(?:{p}){{2,3}}"),
        inner.map(lambda p: f"(?!{p})"),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(PIECES, st.text("甲乙方罚款一二三3", max_size=12))
def test_no_match_is_ever_without_one_of_its_literals(pattern: str, text: str) -> None:
    for match in re.finditer(pattern, text):
        for sign in signs_of(pattern):
            assert any(word in match.group() for word in sign)


def test_a_pattern_of_several_parts_needs_a_literal_of_each() -> None:
    assert set(signs_of("(逾期|迟延)[^。]{0,9}_{2,}[^。]{0,9}违约金")) == {("违约金",), ("迟延", "逾期"), ("__",)}


def test_only_sentences_with_all_that_a_pattern_needs_are_looked_at() -> None:
    text = "逾期的，支付违约金。逾期的，解除合同。违约金另议。"
    scan = literal_scanner(["逾期", "违约金"])
    draft = understand(Document("a.txt", "", "txt", text, ()), catalogue=LawCatalogue((), {}), lines=LINES, scan=scan)
    assert [s.of(text) for s in candidate_sentences("逾期[^。]*违约金", draft)] == ["逾期的，支付违约金。"]
    assert not found("迟延[^。]*违约金", draft) and found("逾期[^。]*违约金", draft)


@given(st.text("逾期违约金的。；\n 　𠮷", max_size=40))
def test_looking_at_some_sentences_finds_what_looking_at_all_would(text: str) -> None:
    patterns = ("逾期[^。]*违约金", "(?:违约|逾)(?P<at>期|金)", "的$")
    scan = literal_scanner({word for p in patterns for sign in signs_of(p) for word in sign})
    draft = understand(Document("a.txt", "", "txt", text, ()), catalogue=LawCatalogue((), {}), lines=LINES, scan=scan)
    for pattern in patterns:
        everywhere = [
            m.span() for s in draft.sentences for m in compiled(pattern).finditer(draft.folded, s.start, s.end)
        ]
        assert [m.span() for m in matches_by_sentence(pattern, draft)] == everywhere


@given(st.text("（）：，Ａａ％　 \t甲1", max_size=30), st.integers(1, 60))
def test_texts_are_folded_alike_however_long(text: str, times: int) -> None:
    assert fold(text * times) == "".join(map(fold, text * times))


def test_the_scan_finds_overlapping_words_at_code_points() -> None:
    found = literal_scanner(["合同", "合同法", "法律", "法", "元"])("𠮷合同法律法")
    assert found == {"合同": (1,), "合同法": (1,), "法律": (3,), "法": (3, 5)}
    assert "元" not in found
