"""Numbers, references and lists inside a document."""

from __future__ import annotations

import pytest
from seeing import matches, seen

from reviewer.checkers import component_list, cross_reference, numbering, promised_list, unpaired
from reviewer.domain import Line


def articles(*numbers: str) -> str:
    return "某区资金管理办法\n" + "\n".join(f"第{n}条 区财政局负责第{n}类资金的管理。" for n in numbers)


def test_a_gap_names_what_is_missing() -> None:
    [match] = matches(numbering, articles("一", "二", "三", "六"), Line.NORMATIVE, look="gap")
    assert match.values == {"前": "第三条", "此": "第六条", "缺": "第四条至第五条"}


def test_a_repeat_and_a_swap_are_told_apart() -> None:
    assert len(seen(numbering, articles("一", "二", "二", "三"), Line.NORMATIVE, look="repeat")) == 1
    swapped = articles("一", "二", "四", "三", "五")
    assert len(seen(numbering, swapped, Line.NORMATIVE, look="order")) == 1
    assert seen(numbering, swapped, Line.NORMATIVE, look="gap") == []


def test_a_wrong_number_between_its_neighbours_loses_nothing() -> None:
    text = articles("一", "二", "三", "一", "五", "六")
    assert [m.values["此"] for m in matches(numbering, text, Line.NORMATIVE, look="repeat")] == ["第一条"]
    assert seen(numbering, text, Line.NORMATIVE, look="gap") == []


def test_a_number_that_stands_within_a_line_is_not_missing() -> None:
    text = "供货合同\n1．品名：书架。\n2．产地．3．数量：十件。\n4．单价：百元。"
    assert seen(numbering, text, look="gap") == []


def test_a_paper_that_a_notice_issues_begins_its_own_list() -> None:
    notice = "关于印发报告准则的通知\n各公司：\n现将准则印发给你们。"
    text = f"年度报告\n一、格式：\n{notice}\n一、总则\n说明。\n二、正文\n说明。"
    assert seen(numbering, text, Line.NORMATIVE, look="repeat") == []


def test_items_start_again_under_each_article_and_in_attachments() -> None:
    text = (
        "某区办法\n第一条 应当提交：\n（一）申请书；\n（二）证明。\n第二条 有下列情形的：\n（一）过期；\n（二）不全。\n"
        "第三条 自印发之日起施行。\n附件1\n清单\n一、申请书\n二、证明"
    )
    for look in ("gap", "repeat", "order"):
        assert seen(numbering, text, Line.NORMATIVE, look=look) == []


def test_a_list_that_is_wrong_everywhere_is_a_fault_of_the_extraction() -> None:
    assert seen(numbering, articles("一", "三", "六", "九", "十二", "十五"), Line.NORMATIVE, look="gap") == []


def test_articles_after_the_signatures() -> None:
    seals = "甲方（盖章）：某局\n乙方（盖章）：某馆"
    text = f"合同\n第一条 标的。\n{seals}\n第二条 附件\n清单。\n{seals}"
    assert seen(numbering, text, look="after_signature") == ["第二条 附件"]


def test_a_reference_beyond_the_last_article_and_one_to_a_law() -> None:
    text = articles("一", "二", "三") + "\n第四条 违反本办法第十二条的，依照《行政处罚法》第五十一条处理。"
    assert seen(cross_reference, text, Line.NORMATIVE, look="dangling") == ["本办法第十二条"]


def test_an_article_that_points_at_itself() -> None:
    text = articles("一", "二") + "\n第三条 审核程序按照本办法第三条执行。"
    assert seen(cross_reference, text, Line.NORMATIVE, look="itself") == ["本办法第三条"]
    assert seen(cross_reference, text.replace("本办法第三条执", "本办法第二条执"), Line.NORMATIVE, look="itself") == []


def test_missing_attachments_are_told_together_and_only_where_there_are_others() -> None:
    body = "某区办法\n第一条 表见附件1。\n第二条 标准见附件2，清单见附件3。\n第三条 自印发之日起施行。\n"
    with_one = body + "附件1\n申请表\n姓名。"
    assert [m.values["引用"] for m in matches(cross_reference, with_one, Line.NORMATIVE, look="attachment")] == [
        "附件2、附件3", "附件2、附件3",
    ]  # fmt: skip
    assert seen(cross_reference, body, Line.NORMATIVE, look="attachment") == []


def test_an_attachment_that_the_list_of_attachments_does_not_name() -> None:
    listed = "\n第三条 本合同一式四份。\n附件：1.服务清单\n2.考核细则"
    text = "合同\n第一条 内容见附件1。\n第二条 考核按附件六执行。"
    assert seen(cross_reference, text + listed, look="attachment") == ["附件六"]
    assert seen(cross_reference, text.replace("附件六", "附件2") + listed, look="attachment") == []


def test_attachments_named_in_one_numbered_list_are_all_there() -> None:
    body = "合同\n第一条 范围见附件一。\n第二条 质量见附件二。\n第三条 自签字之日起生效。\n甲方：　　乙方：\n"
    assert seen(cross_reference, body + "附件：一、管理范围\n二、质量目标", look="attachment") == []


def test_下列_with_nothing_after_it() -> None:
    text = "合同\n第一条 有下列情形之一的，一方可以请求变更。\n第二条 一式四份。"
    assert seen(promised_list, text, look="missing") == ["下列情形之一"]


@pytest.mark.parametrize(
    "text",
    [
        "合同\n第一条 有下列情形之一的：\n（一）变更；\n（二）停工。\n第二条 一式四份。",
        "合同\n第一条 提交下列材料：申请书和证明。\n第二条 一式四份。",
        "合同\n第一条 提交以下材料，详见附件1。\n第二条 一式四份。",
        "合同\n第一条 参保人员（以下简称参保人员）应当缴费。\n第二条 处一万元以下罚款的情形由法规规定。",
    ],
)
def test_lists_that_follow_or_are_none(text: str) -> None:
    assert seen(promised_list, text, look="missing") == []


def test_a_count_that_the_items_do_not_keep() -> None:
    text = "办法\n第一条 符合下列三项条件：\n（一）成年；\n（二）本区户籍。\n第二条 自印发之日起施行。"
    [match] = matches(promised_list, text, Line.NORMATIVE, look="count")
    assert match.values == {"所称": "三", "所列": "2"}


def test_a_count_of_which_more_may_be_chosen_is_no_count_of_the_items() -> None:
    items = "\n（一）成年；\n（二）本区户籍；\n（三）有住所；\n（四）有收入。\n第二条 自印发之日起施行。"
    text = "办法\n第一条 同时符合以下两个或两个以上条件：" + items
    assert seen(promised_list, text, Line.NORMATIVE, look="count") == []


def test_components_without_a_chapter() -> None:
    text = (
        "第一章 招标公告\n公告。\n第二章 投标人须知\n1.招标文件组成：\n（1）招标公告；\n（2）投标人须知；\n"
        "（3）实施方案；\n（4）评标办法。\n第三章 评标办法\n打分。\n第四章 合同条款\n付款。"
    )
    assert seen(component_list, text, lead=("招标文件组成",)) == ["（3）实施方案"]


def test_a_mark_without_its_other_half_but_not_a_quotation_over_two_lines() -> None:
    assert len(seen(unpaired, "根据《某办法第三条，制定本细则。")) == 1
    assert seen(unpaired, "根据“放管服\n改革”的要求。") == []
    assert seen(unpaired, "1）申请书；\na）证明。") == []
