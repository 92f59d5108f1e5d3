"""Which business line and type a document belongs to."""

from __future__ import annotations

import pytest
from plain_text import business_lines, document, draft

from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.laws import LawCatalogue
from reviewer.understanding import understand
from reviewer.understanding.recognition import Clues, recognise

TYPES = {
    Line.CONTRACT: "通用合同 货物采购 服务采购 建设工程施工 勘察设计监理 房屋租赁 招商引资 特许经营"
    " 土地出让 征收补偿 框架协议 资产处置 捐赠赠与 物业管理 委托咨询 技术开发 借款合同 采购文件",
    Line.NORMATIVE: "规范性文件 裁量基准 合法性审核意见书 报审材料 备案材料",
    Line.DECISION: "决策草案 决策送审材料",
    Line.ENFORCEMENT: "处罚决定书 处罚事先告知书 当场处罚决定书 强制措施决定书 许可决定书 催告书"
    " 执法过程文书 其他行政决定书",
    Line.MINUTES: "会议纪要 议题材料 交办事项",
}


def test_the_lines_have_the_agreed_types_and_review_names() -> None:
    lines = business_lines()

    assert {key: [t.name for t in value.types] for key, value in lines.items()} == {
        k: v.split() for k, v in TYPES.items()
    }
    assert [lines[key].review_name for key in Line] == [
        "合法性审查",
        "合法性审核",
        "合法性审查",
        "法制审核",
        "合法性审查",
    ]


@pytest.mark.parametrize(
    ("title", "line", "kind"),
    [
        ("清江区办公设备采购合同", Line.CONTRACT, "货物采购"),
        ("清江区网格化平台运维服务合同", Line.CONTRACT, "服务采购"),
        ("清江路道路改造工程施工合同", Line.CONTRACT, "建设工程施工"),
        ("清江路改造工程监理合同", Line.CONTRACT, "勘察设计监理"),
        ("办公用房租赁合同", Line.CONTRACT, "房屋租赁"),
        ("公务用车（汽车）租赁合同", Line.CONTRACT, "服务采购"),
        ("打印机租赁合同", Line.CONTRACT, "服务采购"),
        ("清江新材料项目投资合作协议", Line.CONTRACT, "招商引资"),
        ("清江污水处理特许经营协议", Line.CONTRACT, "特许经营"),
        ("国有建设用地使用权出让合同", Line.CONTRACT, "土地出让"),
        ("国有土地上房屋征收补偿协议", Line.CONTRACT, "征收补偿"),
        ("清江区与某集团战略合作框架协议", Line.CONTRACT, "框架协议"),
        ("国有股权转让协议", Line.CONTRACT, "资产处置"),
        ("图书捐赠协议", Line.CONTRACT, "捐赠赠与"),
        ("物业服务合同（示范文本）", Line.CONTRACT, "物业管理"),
        ("常年法律顾问合同", Line.CONTRACT, "委托咨询"),
        ("技术开发（委托）合同", Line.CONTRACT, "技术开发"),
        ("流动资金借款合同", Line.CONTRACT, "借款合同"),
        ("清江区垃圾清运项目竞争性磋商文件", Line.CONTRACT, "采购文件"),
        ("合作协议", Line.CONTRACT, "通用合同"),
        ("清江市人民政府关于加强扬尘治理的通告", Line.NORMATIVE, "规范性文件"),
        ("清江县蔬菜业扶持奖励方案", Line.NORMATIVE, "规范性文件"),
        ("清江市城市管理行政处罚裁量权基准", Line.NORMATIVE, "裁量基准"),
        ("关于《清江市停车办法》的合法性审核意见书", Line.NORMATIVE, "合法性审核意见书"),
        ("《清江市停车办法》起草说明", Line.NORMATIVE, "报审材料"),
        ("关于《清江市停车办法》的备案报告", Line.NORMATIVE, "备案材料"),
        ("清江市停车收费调整方案（决策草案）", Line.DECISION, "决策草案"),
        ("清江市住建局关于提请审议改造方案的请示", Line.DECISION, "决策送审材料"),
        ("行政处罚决定书", Line.ENFORCEMENT, "处罚决定书"),
        ("行政处罚事先告知书", Line.ENFORCEMENT, "处罚事先告知书"),
        ("当场行政处罚决定书", Line.ENFORCEMENT, "当场处罚决定书"),
        ("查封（扣押）决定书", Line.ENFORCEMENT, "强制措施决定书"),
        ("清江区综合行政执法局拆除公告", Line.ENFORCEMENT, "强制措施决定书"),
        ("现场检查笔录", Line.ENFORCEMENT, "执法过程文书"),
        ("行政处罚立案审批表", Line.ENFORCEMENT, "执法过程文书"),
        ("送达回证", Line.ENFORCEMENT, "执法过程文书"),
        ("行政处罚决定书送达公告", Line.ENFORCEMENT, "执法过程文书"),
        ("房屋征收补偿决定书", Line.ENFORCEMENT, "其他行政决定书"),
        ("清江区发展改革局关于召开供水价格调整听证会的公告", Line.DECISION, "决策送审材料"),
        ("准予行政许可决定书", Line.ENFORCEMENT, "许可决定书"),
        ("履行行政决定催告书", Line.ENFORCEMENT, "催告书"),
        ("清江区人民政府第十二次常务会议纪要", Line.MINUTES, "会议纪要"),
        ("提请区政府常务会议审议的议题材料", Line.MINUTES, "议题材料"),
        ("重点工作督办事项交办单", Line.MINUTES, "交办事项"),
    ],
)
def test_a_title_tells_line_and_type(title: str, line: Line, kind: str) -> None:
    folded = title.translate({ord("（"): "(", ord("）"): ")"})

    assert recognise(Clues(folded, "", "", ""), business_lines()) == (line, kind)


def test_rules_about_contracts_are_no_contract() -> None:
    title = "清江市人民政府关于印发《清江市政府合同管理办法》的通知"

    assert (
        recognise(Clues(title, "清江市政府合同管理办法", "", "甲方 乙方 违约责任"), business_lines())[0]
        is Line.NORMATIVE
    )


def test_without_a_title_the_words_of_the_body_decide() -> None:
    contract = (
        "甲方：清江区民政局\n乙方：某公司\n经协商订立本合同。甲方支付租金，乙方交付房屋。违约责任另计。本合同一式两份。"
    )
    decision = "当事人：某餐饮店\n经查，使用过期原料。决定给予行政处罚，处以罚款5000元。可以申请行政复议。"
    minutes = "时间：5月8日\n主持人：王某\n出席人员：张某\n会议听取了汇报。会议议定，由财政局负责落实。"

    found = [recognise(Clues("", "", "", text), business_lines())[0] for text in (contract, decision, minutes)]

    assert found == [Line.CONTRACT, Line.ENFORCEMENT, Line.MINUTES]


def test_a_text_of_a_government_without_any_other_sign_is_a_normative_document() -> None:
    text = "为推动产业发展，县政府安排资金对农户进行奖励。\n一、新建大棚的，每座补贴三千元。"

    assert recognise(Clues("蔬菜大棚", "", "", text), business_lines())[0] is Line.NORMATIVE
    assert recognise(Clues("蔬菜大棚", "", "", text + "由甲方负责。"), business_lines())[0] is Line.CONTRACT


def test_the_name_of_the_file_helps_where_the_text_has_no_title() -> None:
    given = draft("一、由住建局负责。\n二、由财政局负责。", name="003_专题会议纪要.docx")

    assert (given.line, given.type) == (Line.MINUTES, "会议纪要")


def test_a_letter_spaced_title_is_read_as_if_printed_close() -> None:
    assert recognise(Clues("投 资 协 议 书", "", "", ""), business_lines()) == (Line.CONTRACT, "招商引资")
    assert recognise(Clues("房 屋 租 赁 合 同", "", "", ""), business_lines()) == (Line.CONTRACT, "房屋租赁")


def test_a_stated_line_limits_the_types_and_a_stated_type_is_kept() -> None:
    clues = Clues("办公用房租赁合同", "", "", "")

    assert recognise(clues, business_lines(), Line.ENFORCEMENT)[0] is Line.ENFORCEMENT
    assert recognise(clues, business_lines(), None, "框架协议") == (Line.CONTRACT, "框架协议")


def test_an_unknown_type_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="没有名为“裁决书”的文书类型，可用：处罚决定书、"):
        recognise(Clues("", "", "", ""), business_lines(), Line.ENFORCEMENT, "裁决书")


def test_what_the_scan_of_the_text_found_is_kept_in_the_draft() -> None:
    given = understand(
        document("服务合同\n（甲方）付款"),
        catalogue=LawCatalogue((), {}),
        lines=business_lines(),
        scan=lambda text: {"(": (text.index("("),)},
    )

    assert given.literals == {"(": (5,)}


def test_without_a_scan_nothing_is_claimed_about_literals() -> None:
    assert draft("服务合同").literals is None
