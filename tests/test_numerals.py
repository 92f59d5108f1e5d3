"""Chinese numerals, both ways."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.understanding.numerals import money, rate, to_capital, to_chinese, to_decimal, to_int


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一百零三", 103),
        ("103", 103),
        ("１０３", 103),
        ("二○二六", 2026),
        ("二〇〇四", 2004),
        ("二00二", 2002),
        ("廿三", 23),
        ("卅", 30),
        ("十", 10),
        ("两千万", 20_000_000),
        ("两万五", 25_000),
        ("三百五", 350),
        ("一万零五十", 10_050),
        ("3亿2千万", 320_000_000),
        ("一万亿", 1_000_000_000_000),
        ("壹佰贰拾叁万", 1_230_000),
    ],
)
def test_a_whole_number_is_read_from_its_words(text: str, number: int) -> None:
    assert to_int(text) == number


@pytest.mark.parametrize("text", ["", "甲", "一二十", "十二点五", "万", "1.5"])
def test_words_that_are_no_whole_number_give_none(text: str) -> None:
    assert to_int(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("十二点五", "12.5"), ("1,234.5", "1234.5"), ("1.5万", "15000"), ("半", "0.5")]
)
def test_a_fraction_is_read_from_its_words(text: str, number: str) -> None:
    assert to_decimal(text) == Decimal(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"),
        (10, "十"),
        (11, "十一"),
        (103, "一百零三"),
        (110, "一百一十"),
        (10_010, "一万零一十"),
        (100_001, "十万零一"),
        (100_000_001, "一亿零一"),
        (200_000_003_000, "二千亿零三千"),
    ],
)
def test_a_number_is_written_with_zero_only_where_a_gap_is(number: int, text: str) -> None:
    assert to_chinese(number) == text


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_every_number_comes_back_from_its_words(number: int) -> None:
    assert to_int(to_chinese(number)) == number


@given(st.integers(min_value=0, max_value=10**14 - 1))
def test_every_amount_comes_back_from_its_capitals(cents: int) -> None:
    amount = Decimal(cents) / 100
    assert money(to_capital(amount)) == amount


def test_the_capitals_agree_with_an_independent_library() -> None:
    import cn2an

    for value in ("1234567.89", "100", "10.5", "20000006.07"):
        assert money(str(cn2an.an2cn(value, "rmb"))) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("壹佰万元整", "1000000"),
        ("人民币伍亿柒仟陆佰万元整", "576000000"),
        ("壹仟贰佰叁拾肆元伍角陆分", "1234.56"),
        ("贰佰圆零伍分", "200.05"),
        ("伍角", "0.5"),
        ("￥1,234.50", "1234.50"),
        ("3.5万元", "35000"),
        ("31200 万元", "312000000"),
        ("五万元", "50000"),
    ],
)
def test_money_is_read_in_yuan(text: str, yuan: str) -> None:
    assert money(text) == Decimal(yuan)


def test_capitals_end_with_whole_where_no_cents_follow() -> None:
    assert to_capital(Decimal("1000000")) == "壹佰万元整"
    assert to_capital(Decimal("1234.56")) == "壹仟贰佰叁拾肆元伍角陆分"
    assert to_capital(Decimal("0.05")) == "伍分"
    assert to_capital(Decimal("200.05")) == "贰佰元零伍分"


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("百分之三十", "0.3"),
        ("百分之百", "1"),
        ("万分之五", "0.0005"),
        ("千分之零点五", "0.0005"),
        ("5％", "0.05"),
        ("3‰", "0.003"),
    ],
)
def test_a_rate_is_a_fraction_of_one(text: str, fraction: str) -> None:
    assert rate(text) == Decimal(fraction)


@pytest.mark.parametrize("text", ["三十", "百分之", "%", "百分之若干"])
def test_what_is_no_rate_gives_none(text: str) -> None:
    assert rate(text) is None
