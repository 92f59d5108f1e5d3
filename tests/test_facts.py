"""What a draft states: money, rates, dates, periods, parties, terms, references, each at its exact span."""

from __future__ import annotations

from decimal import Decimal

import pytest
from plain_text import draft

from reviewer.domain import Draft, Line, Span, fold
from reviewer.understanding.amounts import amounts_in, rates_in
from reviewer.understanding.dates import dates_in, periods_in
from reviewer.understanding.parties import parties_in, terms_in


@pytest.mark.parametrize(
    ("text", "written", "value", "unit"),
    [
        ("合同价为￥1,234.50元", "￥1,234.50元", "1234.50", "元"),
        ("总价人民币伍拾万元整，含税", "伍拾万元整", "500000", "元"),
        ("大写：壹仟贰佰叁拾肆元伍角陆分", "壹仟贰佰叁拾肆元伍角陆分", "1234.56", "元"),
        ("处五万元以上罚款", "五万元", "50000", "元"),
        ("投资3亿2千万元建设", "3亿2千万元", "320000000", "元"),
        ("电费 0.78 元 / 度结算", "0.78 元", "0.78", "元/度"),
        ("支付10 万美元", "10 万美元", "100000", "美元"),
        ("（¥576000000.00）", "¥576000000.00", "576000000.00", "元"),
        ("定金３．５万元。", "３．５万元", "35000", "元"),
    ],
)
def test_an_amount_is_found_with_its_value_in_yuan(text: str, written: str, value: str, unit: str) -> None:
    (amount,) = amounts_in(fold(text))

    assert amount.span.of(text) == written
    assert (amount.value, amount.unit) == (Decimal(value), unit)


def test_only_capitals_are_in_words() -> None:
    assert [a.in_words for a in amounts_in("壹拾万元整（100,000元），另付五万元")] == [True, False, False]


@pytest.mark.parametrize("text", ["二元结构", "3单元201室", "2026年元旦", "一元化领导", "第5元件", "共享单车"])
def test_words_with_yuan_in_them_are_no_money(text: str) -> None:
    assert list(amounts_in(text)) == []


@pytest.mark.parametrize(
    ("text", "value", "per"),
    [
        ("每逾期一日，按应付款的万分之五支付违约金", "0.0005", "日"),
        ("违约金按日千分之三计收", "0.003", "日"),
        ("加收0.05%/日的滞纳金", "0.0005", "日"),
        ("年利率为4.35%", "0.0435", "年"),
        ("租金每年递增百分之五", "0.05", "年"),
        ("支付合同价的30％作为预付款", "0.3", ""),
        ("进度款按月支付至已完工程量的80%", "0.8", ""),
    ],
)
def test_a_rate_knows_the_period_that_it_counts_for(text: str, value: str, per: str) -> None:
    (rate,) = rates_in(fold(text))

    assert (rate.value, rate.per) == (Decimal(value), per)


def test_a_ceiling_after_a_daily_rate_is_not_daily() -> None:
    rates = list(rates_in("每日按万分之五计算，累计不超过合同价的5%。"))

    assert [(r.value, r.per) for r in rates] == [(Decimal("0.0005"), "日"), (Decimal("0.05"), "")]


@pytest.mark.parametrize(
    ("text", "written", "date"),
    [
        ("自2026年5月1日起施行", "2026年5月1日", (2026, 5, 1)),
        ("二○二六年三月九日", "二○二六年三月九日", (2026, 3, 9)),
        ("于2024.3.1签订", "2024.3.1", (2024, 3, 1)),
        ("于2024-03-01签订", "2024-03-01", (2024, 3, 1)),
        ("2024 年    3 月  1   日", "2024 年    3 月  1   日", (2024, 3, 1)),
        ("２０２６年前完成", "２０２６年", (2026, None, None)),
        ("二〇二六年三月底前", "二〇二六年三月", (2026, 3, None)),
        ("每年6月30日前", "6月30日", (None, 6, 30)),
    ],
)
def test_full_and_partial_dates_are_found(text: str, written: str, date: tuple[int | None, ...]) -> None:
    (found,) = dates_in(fold(text))

    assert found.span.of(text) == written
    assert (found.year, found.month, found.day) == date


def test_an_impossible_day_is_mentioned_but_is_no_date() -> None:
    (found,) = dates_in("2026年2月30日")

    assert found.day == 30
    assert found.date is None


@pytest.mark.parametrize("text", ["2024年度预算", "图号3.5.1", "____年__月__日", "每月5日前", "第12号楼"])
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert list(dates_in(text)) == []


@pytest.mark.parametrize(
    ("text", "written", "value", "unit"),
    [
        ("收到通知后三个工作日内", "三个工作日", "3", "工作日"),
        ("三十日内答复", "三十日", "30", "日"),
        ("60日历天完工", "60日历天", "60", "日"),
        ("租期二年", "二年", "2", "年"),
        ("自验收之日起满一周年", "一周年", "1", "年"),
        ("质保期一年半", "一年半", "1.5", "年"),
        ("宽限半年", "半年", "0.5", "年"),
        ("二十四小时内到场", "二十四小时", "24", "小时"),
        ("有效期为 6 个月", "6 个月", "6", "月"),
        ("提前两周告知", "两周", "2", "周"),
        ("出让年限为柒拾年", "柒拾年", "70", "年"),
    ],
)
def test_a_period_has_a_number_and_a_unit(text: str, written: str, value: str, unit: str) -> None:
    (period,) = periods_in(fold(text), ())

    assert period.span.of(text) == written
    assert (period.value, period.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    "text",
    ["每逾期一日", "2026年3月30日", "每月5日前", "第三年", "60周岁", "十周年纪念", "三年级", "同一日",
     "二〇　　年　月　日"],
)
def test_days_that_are_no_length_of_time_are_left_alone(text: str) -> None:
    folded = fold(text)

    assert list(periods_in(folded, tuple(dates_in(folded)))) == []


def parties(text: str, head_end: int | None = None) -> list[tuple[str, str, str]]:
    folded = fold(text)
    found = parties_in(text, folded, head_end=len(text) if head_end is None else head_end, signature=None)
    return [(p.role, p.name, "/".join(p.aliases)) for p in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲方（采购人）：清江区民政局\n", [("甲方", "清江区民政局", "采购人")]),
        ("发包方：＿＿＿＿（以下简称甲方）\n", [("发包方", "", "甲方")]),
        ("乙方：{{供应商名称}}\n", [("乙方", "", "")]),
        ("承租人：张三，以下简称乙方。\n", [("承租人", "张三", "乙方")]),
        (
            "甲方：清江区民政局    乙方：清江安洁（集团）公司\n",
            [("甲方", "清江区民政局", ""), ("乙方", "清江安洁（集团）公司", "")],
        ),
        ("需方：甲公司 | 供方（乙方）：乙公司\n", [("需方", "甲公司", ""), ("供方", "乙公司", "乙方")]),
        ("监理人：清江监理有限公司（乙方）\n", [("监理人", "清江监理有限公司", "乙方")]),
        ("甲方：甲公司 地址：清江路1号\n", [("甲方", "甲公司", "")]),
        ("2.1 发包人（甲方）\n单位名称：清江建设公司 统一社会信用代码：9100\n", [("发包人", "清江建设公司", "甲方")]),
    ],
)
def test_a_party_is_named_after_its_role(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert parties(text) == expected


@pytest.mark.parametrize("text", ["甲方责任：协调现场\n", "甲方：应当按时支付价款\n", "由甲方提供材料\n"])
def test_a_role_that_begins_a_duty_names_nobody(text: str) -> None:
    assert parties(text) == []


def test_the_span_of_a_party_is_its_name_and_the_place_is_told() -> None:
    text = "甲方：清江区民政局\n第一条 标的\n甲方（盖章）：清江区民政所\n"
    first, second = parties_in(
        text, fold(text), head_end=text.index("第一条"), signature=Span(text.index("甲方（盖章"), len(text))
    )

    assert (first.span.of(text), first.place) == ("清江区民政局", "head")
    assert (second.span.of(text), second.place) == ("清江区民政所", "signature")


@pytest.mark.parametrize(
    ("text", "term", "stands_for"),
    [
        ("由市住房公积金管理中心（以下简称“管理中心”）负责", "管理中心", "市住房公积金管理中心"),
        ("质量控制中心（以下简称质控中心）", "质控中心", "质量控制中心"),
        (
            "根据《清江市户口管理办法》（清府〔2020〕1号）（以下称《办法》）",
            "《办法》",
            "《清江市户口管理办法》（清府〔2020〕1号）",
        ),
        ("出租方：张三，以下简称甲方。", "甲方", "张三"),
        ("甲乙双方（下称“各方”）", "各方", "甲乙双方"),
    ],
)
def test_a_defined_term_knows_what_it_stands_for(text: str, term: str, stands_for: str) -> None:
    (found,) = terms_in(text, fold(text))

    assert (found.term, found.stands_for) == (term, stands_for)
    assert found.span.of(text) == term.strip("《》")


def test_two_terms_may_stand_for_the_same() -> None:
    text = "清江大桥维修（以下简称“本项目”或“项目”）"

    assert [t.term for t in terms_in(text, text)] == ["本项目", "项目"]


RULES = """清江市停车场管理办法
第一条 根据《道路交通安全法》第三十三条、第三十四条第一款和《清江市条例》（2019年修正）第五条，制定本办法。
第二条 停车场分为两类。
前款所称两类，见附件1和附表2。
第三条 有下列情形之一的，不予登记：
（一）材料不全；
（二）位置不符。
依照本办法第二条第二款、第三款办理。
第四条 违反第三条第（二）项、第九条规定的，依照该法第九十三条处罚。
第五条 本办法自公布之日起施行。
附件1
停车场分类
"""


def references(given: Draft) -> list[tuple[str, str, int | None, bool]]:
    return [(r.label, r.level, r.number, r.resolved) for r in given.facts.references]


def test_references_are_resolved_in_the_tree_and_articles_of_laws_are_none() -> None:
    assert references(draft(RULES)) == [
        ("前款", "款", None, True),
        ("附件1", "附件", 1, True),
        ("附表2", "附表", 2, False),
        ("本办法第二条第二款", "款", 2, True),
        ("第三款", "款", 3, False),
        ("第三条第（二）项", "项", 2, True),
        ("第九条", "条", 9, False),
    ]


def test_the_span_of_a_reference_is_what_is_written() -> None:
    given = draft(RULES)

    assert all(r.span.of(given.text) == r.label for r in given.facts.references)


def test_references_of_contracts_follow_their_numbering() -> None:
    given = draft(
        "设备采购合同\n甲方：某局\n乙方：某公司\n1 价款\n1.1 总价十万元。\n1.2 按第1.1款和第5.2款支付。\n"
        "2 期限\n见本合同第1条，逾期的按合同第七条处理。\n三方原合同第二十条不变。",
        Line.CONTRACT,
    )

    assert references(given) == [
        ("第1.1款", "款", 1, True),
        ("第5.2款", "款", 2, False),
        ("本合同第1条", "条", 1, True),
        ("第七条", "条", 7, False),
    ]


def test_articles_quoted_in_a_penalty_decision_are_no_references() -> None:
    given = draft(
        "行政处罚决定书\n当事人：某餐饮店\n你店违反了食品安全法第三十四条的规定，依据第一百二十四条决定处罚如下：\n"
        "一、没收违法所得；\n二、罚款五千元。",
        Line.ENFORCEMENT,
    )

    assert references(given) == []


def test_labels_and_contents_are_no_references() -> None:
    given = draft(
        "设备采购合同\n目录\n第一条 价款\n第二条 期限\n第一条 价款\n十万元。\n第二条 期限\n一年。", Line.CONTRACT
    )

    assert references(given) == []
