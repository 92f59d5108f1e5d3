"""Two statements of one document that cannot both hold: periods, quantities, penalties, duties, names."""

from __future__ import annotations

import pytest
from seeing import matches, seen

from reviewer.checkers import (
    late_signing,
    near_terms,
    opposed,
    same_act,
    same_breach,
    same_duty,
    same_quantity,
)


def test_one_act_has_two_time_limits_in_whatever_words() -> None:
    first = "第一条 变更发生30日内乙方提交造价测算书。\n"
    assert seen(same_act, first + "第二条 甲方出具变更单后，乙方3日内提交变更造价。") == ["3日内提交"]
    assert seen(same_act, first + "第二条 甲方出具变更单后，乙方一个月内提交变更造价。") == []


@pytest.mark.parametrize(
    "second",
    [
        "收到发票后30日内，甲方支付尾款。",  # another payment
        "收到发票后30日内，甲方支付合同价款的10%。",  # another share
        "验收合格后30日内，甲方支付货款。",  # another event
        "收到发票超过30日内未支付货款的，承担违约责任。",  # a consequence
        "紧急采购，收到发票后30日内，甲方支付货款。",  # another grade
    ],
)
def test_acts_that_differ_are_not_compared(second: str) -> None:
    assert seen(same_act, "第一条 甲方收到发票后10日内支付货款。\n第二条 " + second) == []


def test_working_days_and_days_contradict_only_where_no_calendar_makes_them_equal() -> None:
    first = "第一条 甲方收到发票后10个工作日内支付货款。\n"
    assert seen(same_act, first + "第二条 甲方收到发票后14日内付清货款。") == []
    assert seen(same_act, first + "第二条 甲方收到发票后30日内付清货款。") == ["30日内付清"]


def test_a_named_quantity_has_one_value() -> None:
    text = "第一条 履约保证金为合同总价的5%。\n第二条 乙方缴纳的履约保证金为合同总价的{}。"
    assert seen(same_quantity, text.format("10%")) == ["履约保证金为合同总价的10%"]
    assert seen(same_quantity, text.format("百分之五")) == []
    dates = "第一条 竣工日期：2026年5月1日。\n第二条 竣工日期为2026年{}月1日。"
    assert seen(same_quantity, dates.format(8)) == ["竣工日期为2026年8月1日"]
    assert seen(same_quantity, dates.format(5)) == []


@pytest.mark.parametrize("name", ["违约金", "比例", "第二年租金"])
def test_general_names_and_stages_are_not_one_quantity(name: str) -> None:
    assert seen(same_quantity, f"第一条 {name}为10%。\n第二条 {name}为20%。") == []


def test_one_breach_costs_one_sum() -> None:
    first = "第一条 乙方转包的，支付合同金额20%的违约金。\n"
    [match] = matches(same_breach, first + "第二条 乙方擅自转包的，支付合同金额30%的违约金。")
    assert match.values["违约"] == "转包"
    assert seen(same_breach, first + "第二条 乙方擅自转包的，支付合同金额20%的违约金。") == []
    assert seen(same_breach, first + "第二条 乙方泄密的，支付合同金额30%的违约金。") == []


def test_penalties_of_the_two_parties_and_for_each_day_are_apart() -> None:
    first = "第一条 乙方逾期交货的，每日支付合同总价0.1%的违约金。\n"
    assert seen(same_breach, first + "第二条 甲方逾期交货的，每日支付合同总价0.5%的违约金。") == []
    assert seen(same_breach, first + "第二条 乙方逾期交货的，支付合同总价5%的违约金。") == []
    assert len(seen(same_breach, first + "第二条 乙方迟延交货的，每日支付合同总价0.5%的违约金。")) == 1


def test_one_cost_is_borne_by_one_party() -> None:
    first = "第一条 运输费用由甲方承担。\n"
    assert seen(same_duty, first + "第二条 运输费用由乙方负担。") == ["运输费用由乙方负担"]
    assert seen(same_duty, first + "第二条 因质量问题退货的，运输费用由乙方承担。") == []
    assert seen(same_duty, first + "第二条 运输费用由甲方支付。") == []


def test_statements_that_exclude_each_other_stand_in_two_sentences_and_name_the_same() -> None:
    options = {"one": ("不得(?P<名>分包|转租)",), "other": ("可以(?P<名>分包|转租)",)}
    assert seen(opposed, "乙方不得分包。乙方可以分包。", **options) == ["可以分包"]
    assert seen(opposed, "乙方不得分包。乙方可以转租。", **options) == []
    assert seen(opposed, "乙方不得分包，经同意可以分包。", **options) == []


def test_a_full_name_that_stands_once_and_nearly_the_same_elsewhere() -> None:
    text = "第一条 职称评审评委会（以下简称评委会）负责。\n第二条 职称评审委员会设办公室。\n第三条 {}。"
    assert seen(near_terms, text.format("职称评审委员会备案")) == ["职称评审评委会"]
    assert seen(near_terms, text.format("评委会备案")) == []


def test_one_body_called_by_two_names() -> None:
    text = "第一条 核准部门负责。\n第二条 核准部门公示。\n第三条 报核准部门。\n第四条 经{}同意。"
    assert seen(near_terms, text.format("核准单位"), look="tails", least=3) == ["核准单位"]
    assert seen(near_terms, text.format("申报单位"), look="tails", least=3) == []


def test_a_contract_is_signed_before_its_term_begins() -> None:
    text = "服务合同\n签订日期：{}\n第一条 服务期限自2026年1月1日起至2026年12月31日止。"
    assert seen(late_signing, text.format("2026年7月1日")) == ["2026年1月1日"]
    assert seen(late_signing, text.format("2026年1月5日")) == []
