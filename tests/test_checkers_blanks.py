"""What is left to be filled in, and what is meant to be empty."""

from __future__ import annotations

import pytest
from seeing import matches, seen

from reviewer.checkers import blanks
from reviewer.domain import Line


@pytest.mark.parametrize(
    "text",
    [
        "交货期为合同签订后____个工作日。",
        "质保期为　　个月。",
        "进度款为当月工程量的    %。",
        "自　　年　月　日起施行。",
        "于年月日前缴纳。",
        "委托××公司负责。",
        "交货地点：{{交货地点}}",
        "交货地点：【请填写】",
        "你单位违反了的规定。",
        "验收标准：待定。",
    ],
)
def test_blanks_of_every_kind(text: str) -> None:
    assert len(seen(blanks, text, look="other")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "姓　　名：张三　　住　　所：本区某路1号",
        "联系电话：×××××××××××",
        "授予“××市示范基地”称号。",
        "裁量公式为［Y+（X-Y）×33%］。",
        "规格为2×3米，共计30份额。",
        "买卖的数目须另行填写“指令单”。",
        "重要提示中应当增加以下陈述：\n××会计师事务所为本公司出具了审计报告。",
        "甲方（盖章）：________\n法定代表人：________\n日期：____年__月__日",
    ],
)
def test_layout_masks_patterns_and_signatures_are_no_blanks(text: str) -> None:
    assert seen(blanks, text, look="other") == []
    assert seen(blanks, text, look="decisive") == []


def test_all_places_carry_the_same_message() -> None:
    text = "第一条 交货期为____日。\n第二条 质保期为____年。\n第三条 交货地点为____。"
    found = matches(blanks, text, look="other")
    assert len(found) == 3
    assert {m.values["处数"] for m in found} == {"3"}


def test_a_party_whose_role_is_spaced_out_is_shown_whole() -> None:
    text = "仓储合同\n甲　方：____\n乙　方：____\n双方协商如下：\n第一条 存放书架。"
    [match, *_] = matches(blanks, text, look="decisive")
    assert match.values["示例"].startswith("“甲　方：____”")


def test_party_price_and_forum_are_decisive() -> None:
    text = "合同\n甲方：____\n第一条 合同总价为____元。\n第二条 争议由____仲裁委员会仲裁。\n第三条 质保期为____年。"
    found = matches(blanks, text, look="decisive")
    surest = max(m.confidence for m in found)
    assert [m.values["处数"] for m in found] == ["3"] * 4
    assert sum(m.confidence == surest for m in found) == 3


def test_other_blanks_are_told_beside_the_decisive_ones_not_twice() -> None:
    text = "合同\n甲方：____\n第三条 质保期为____年。"
    assert seen(blanks, text, look="decisive") == ["甲方：____", "质保期为____年"]
    assert seen(blanks, text, look="other") == []
    assert seen(blanks, "第三条 质保期为____年。", look="other") == ["质保期为____年"]


def test_the_way_of_compensation_left_open_is_decisive() -> None:
    text = "补偿协议\n甲方：某局\n双方同意采取以下第（  ）种方式补偿。"
    assert len(seen(blanks, text, look="decisive")) == 1


def test_a_date_line_below_a_name_to_be_signed_is_not_a_blank() -> None:
    text = "合同\n甲方（盖章）        乙方（盖章）\n授权代表：          授权代表：\n             年    月    日"
    assert seen(blanks, text, look="other") == []


def test_boxes_of_a_group_need_one_tick() -> None:
    assert seen(blanks, "方式：□转账 □现金", look="unticked") == ["□转账"]
    assert seen(blanks, "方式：\n□转账\n☑现金", look="unticked") == []


def test_an_application_form_attached_to_a_document_of_government_is_for_others_to_fill() -> None:
    text = (
        "某区办法\n第一条 表见附件1。\n第二条 自印发之日起施行。\n附件1\n申请表\n"
        "申请人名称：____ 数量为____个\n□初次 □延续"
    )
    for look in ("other", "unticked"):
        assert seen(blanks, text, Line.NORMATIVE, look=look) == []


def test_notes_to_the_writer_are_left_over() -> None:
    assert seen(blanks, "标准为国家标准（根据实际情况选择）。", look="instructions") == ["（根据实际情况选择）"]
    assert seen(blanks, "甲方可以根据实际情况选择验收方式。", look="instructions") == []
