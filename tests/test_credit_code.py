"""The check of unified social credit codes and where the checker sees them."""

from __future__ import annotations

import datetime as dt

import pytest

from reviewer.checkers import credit_code
from reviewer.checkers.credit_code import check_digit, problem_of
from reviewer.domain import Block, Document, Draft, Line, Span
from reviewer.laws import LawCatalogue
from reviewer.lexicon import Knowledge, Lexicon

STANDARD_EXAMPLE = "91350100M000100Y43"  # the worked example of GB 32100


def knowledge() -> Knowledge:
    lexicon = Lexicon({}, {}, {}, {}, (), "")
    return Knowledge(lexicon, LawCatalogue((), {}), dt.date(2026, 11, 21), lambda *_: True)


def seen(text: str) -> list[str]:
    document = Document("例", "", "txt", text, (Block(Span(0, len(text))),))
    draft = Draft(document, Line.CONTRACT, "通用合同")
    return [m.span.of(text) for m in credit_code.find(draft, credit_code.Options(), knowledge())]


def test_the_example_of_the_standard_passes() -> None:
    assert problem_of(STANDARD_EXAMPLE) == ""


def test_lower_case_letters_are_read_as_upper_case() -> None:
    assert problem_of(STANDARD_EXAMPLE.lower()) == ""


@pytest.mark.parametrize("position", range(17))
def test_every_single_wrong_character_is_noticed(position: int) -> None:
    other = "1" if STANDARD_EXAMPLE[position] != "1" else "2"
    wrong = STANDARD_EXAMPLE[:position] + other + STANDARD_EXAMPLE[position + 1 :]
    assert problem_of(wrong) == "未通过校验码验证"


def test_a_wrong_length_is_told_with_both_lengths() -> None:
    assert problem_of("9137020012345678") == "为16位，应为18位"


def test_letters_that_the_standard_leaves_out_are_named() -> None:
    assert problem_of("91350100O000100I43") == "含有不使用的字符I、O"


def test_a_check_sum_of_zero_gives_the_digit_zero() -> None:
    assert check_digit("0" * 17) == "0"


def test_the_code_is_reported_where_it_stands() -> None:
    assert seen("乙方统一社会信用代码：91350100M000100Y44，住所：东湖路") == ["91350100M000100Y44"]


@pytest.mark.parametrize(
    "text",
    [
        "统一社会信用代码：91350100XXXXXXXX43",
        "统一社会信用代码：",
        "编号：91350100M000100Y44",
        "统一社会信用代码：９１３５０１００Ｍ０００１００Ｙ４３",
    ],
)
def test_placeholders_other_numbers_and_full_width_codes_are_left_alone(text: str) -> None:
    assert seen(text) == []
