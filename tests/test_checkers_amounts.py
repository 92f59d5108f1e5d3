"""Amounts that must agree: figures and words, parts and wholes, rows and sums of a table."""

from __future__ import annotations

import pytest
from seeing import knowledge, matches, seen, table_draft

from reviewer.checkers import amount_agreement, amount_sums, table_totals


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("总价为120,000元（大写：壹拾万元整）。", "120,000元（大写：壹拾万元整"),
        ("总价：人民币叁拾伍万元整（￥305000）。", "叁拾伍万元整（￥305000"),
        ("大写：壹佰万元整，小写：￥100,000.00元。", "壹佰万元整，小写：￥100,000.00元"),
        ("预算1200万元（1200000元）。", "1200万元（1200000元"),
    ],
)
def test_figures_and_words_side_by_side_must_be_one_sum(text: str, place: str) -> None:
    assert seen(amount_agreement, text) == [place]


@pytest.mark.parametrize(
    "text",
    [
        "总价为120,000元（大写：壹拾贰万元整）。",
        "总价壹拾万元整（￥100,000.00），预付款￥30,000元（大写：叁万元整）。",
        "首期￥100,000元，第二期人民币贰拾万元整。",
        "单价80元/吨（100元）。",
        "合同价100万美元（700万元）。",
        "押金贰仟元整（¥20xx元）。",
    ],
)
def test_sums_that_agree_or_are_different_things_stay_silent(text: str) -> None:
    assert seen(amount_agreement, text) == []


def test_a_difference_of_ten_thousand_times_is_told_as_a_slip_of_units() -> None:
    [match] = matches(amount_agreement, "总价12元（大写：壹拾贰万元整）。")
    assert "相差10,000倍" in match.because


def test_instalments_must_add_up_to_the_total() -> None:
    text = "第一条 合同总价为100万元，分两期支付：第一期40万元，第二期50万元。"
    [match] = matches(amount_sums, text, look="amounts")
    assert match.values == {"总额": "1,000,000", "合计": "900,000"}


@pytest.mark.parametrize(
    "text",
    [
        "第一条 合同总价为100万元，分两期支付：第一期40万元，第二期60万元。",
        "第一条 合同总价为100万元，分两期支付：第一期40万元，余款验收后付清。",
        "第一条 总投资500万元，其中设备费320万元，安装费150万元。",
        "第一条 总投资500万元，其中设备费300万元，安装费200万元。资金来源为财政400万元，自筹100万元。",
    ],
)
def test_a_rest_or_a_second_division_is_no_wrong_sum(text: str) -> None:
    assert seen(amount_sums, text, look="amounts") == []


def test_shares_over_a_hundred_percent_and_steps_backwards_are_wrong() -> None:
    over = "第一条 签约后支付合同总价的30%；到货后支付合同总价的50%；一年后支付合同总价的30%。"
    back = (
        "第一条 签约后支付合同总价的30%；到货后支付合同总价的60%；"
        "审计后支付至合同总价的80%；验收后付至合同总价的95%。"
    )
    assert [m.values["合计"] for m in matches(amount_sums, over, look="percentages")] == ["110%"]
    assert [m.because for m in matches(amount_sums, back, look="percentages")] == [
        "此前已累计支付90%，又约定支付至80%"
    ]


def test_penalty_rates_are_no_shares_of_the_price() -> None:
    text = (
        "第一条 逾期的按合同总价的1%支付违约金；不合格的按合同总价的5%支付违约金；"
        "转包的按合同总价的10%支付违约金。"
    )
    assert seen(amount_sums, text, look="percentages") == []


def test_stages_must_fill_the_whole_period() -> None:
    assert seen(amount_sums, "总工期60天（设计15天，施工40天，验收10天）。", look="stages") == [
        "总工期60天（设计15天，施工40天，验收10天）"
    ]
    assert seen(amount_sums, "总工期60天（设计15天，施工35天，验收10天）。", look="stages") == []


HEADER = ["名称", "数量", "单价（元）", "金额（元）"]


def looked_at(rows: list[list[str]], look: str) -> list[str]:
    given = table_draft(rows)
    found = table_totals.find(given, table_totals.Options(look=look), knowledge())  # type: ignore[arg-type]
    return [m.span.of(given.text) for m in found]


def test_unit_price_times_quantity_is_the_amount_of_the_row() -> None:
    rows = [HEADER, ["桌子", "10", "500.00", "6,000"], ["椅子", "20", "100", "2000"]]
    assert looked_at(rows, "rows") == ["6,000"]


def test_the_sum_row_is_the_sum_of_the_rows() -> None:
    rows = [HEADER, ["桌子", "10", "500", "5000"], ["椅子", "20", "100", "2000"], ["合计", "", "", "8000"]]
    assert looked_at(rows, "sums") == ["合计\n\n\n8000"]


def test_a_row_without_a_number_leaves_the_sum_undecided() -> None:
    rows = [HEADER, ["桌子", "10", "500", "5000"], ["椅子", "20", "100", "据实"], ["合计", "", "", "8000"]]
    assert looked_at(rows, "sums") == []


def test_ten_thousands_in_a_header_are_counted() -> None:
    rows = [["名称", "数量", "单价（元）", "金额（万元）"], ["设备", "40", "5000", "20"], ["软件", "1", "10000", "1"]]
    assert looked_at(rows, "rows") == []


def test_shares_of_the_price_that_are_penalties_are_no_instalments() -> None:
    text = (
        "第十条 转包的，解除合同，乙方支付合同总金额30%的违约金。擅自分包的，乙方支付合同总金额40%的违约金。"
        "中途退场的，乙方支付合同总金额50%的违约金。"
    )
    assert seen(amount_sums, text, look="percentages") == []
