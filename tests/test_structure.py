"""Title, parts and the tree of provisions."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from plain_text import document, draft, paths, provision

from reviewer.domain import Level, Line, fold
from reviewer.understanding.sentences import sentences_of

NOTICE = """清江市人民政府办公室
关于印发《清江市停车场管理
办法（试行）》的通知
清政办规〔2026〕5号
各区人民政府，市政府各部门：
《清江市停车场管理办法（试行）》已经市政府同意，现印发给你们，请遵照执行。
清江市人民政府办公室
2026年3月9日
（此件公开发布）
清江市停车场管理办法
（试行）
第一章  总  则
第一条  为规范停车场管理，根据有关法律，制定本办法。
第二条  本办法适用于本市停车场的管理。
农村地区的停车场，参照本办法执行。
第二章  管  理
第三条  停车场经营者应当遵守下列规定：
（一）公示收费标准；
（二）配备必要人员，其中：
1.出入口各一人；
2.夜间一人；
（三）不得拒绝停车。
前款第二项人员应当经过培训。
第四条
本办法自2026年5月1日起施行，有效期二年。
公开方式：主动公开
"""


def test_a_forwarding_notice_gives_title_number_issuer_and_date() -> None:
    given = draft(NOTICE)

    assert given.title == "清江市人民政府办公室关于印发《清江市停车场管理办法（试行）》的通知"
    assert given.number == "清政办规〔2026〕5号"
    assert given.issuer == "清江市人民政府办公室"
    assert given.dated == dt.date(2026, 3, 9)
    assert given.parts.signature is not None
    assert given.parts.signature.of(given.text) == "清江市人民政府办公室\n2026年3月9日"


def test_the_body_starts_at_its_own_title_and_ends_before_the_tail_lines() -> None:
    given = draft(NOTICE)

    assert given.parts.body is not None
    body = given.parts.body.of(given.text)
    assert body.startswith("清江市停车场管理办法\n（试行）\n第一章")
    assert body.endswith("有效期二年。")


def test_articles_have_paragraphs_items_and_points() -> None:
    given = draft(NOTICE)

    assert paths(given) == [
        "第一章",
        "第一条",
        "第二条",
        "第二条第一款",
        "第二条第二款",
        "第二章",
        "第三条",
        "第三条第一款",
        "第三条第一款第（一）项",
        "第三条第一款第（二）项",
        "第三条第一款第（二）项第1目",
        "第三条第一款第（二）项第2目",
        "第三条第一款第（三）项",
        "第三条第二款",
        "第四条",
    ]
    levels = [provision(given, p).level for p in ("第一章", "第三条", "第三条第二款", "第三条第一款第（三）项")]
    assert levels == [Level.CHAPTER, Level.ARTICLE, Level.PARAGRAPH, Level.ITEM]
    assert provision(given, "第一章").heading == "总  则"
    assert provision(given, "第三条第一款第（二）项第2目").number == 2


def test_every_provision_spans_its_children_and_starts_at_its_label() -> None:
    given = draft(NOTICE)

    for outer in given.articles:
        assert given.text[outer.span.start :].startswith(outer.label)
        for inner in outer.children:
            assert outer.span.contains(inner.span)
            assert not given.text[inner.span.start : inner.span.end].endswith("\n")
    assert provision(given, "第三条第一款").span.of(given.text).endswith("（三）不得拒绝停车。")
    assert provision(given, "第三条第二款").span.of(given.text) == "前款第二项人员应当经过培训。"


def test_an_order_of_the_government_is_dated_by_the_lines_above_the_title() -> None:
    given = draft(
        "清江市人民政府令\n第21号\n《清江市犬类管理办法》已经审议通过，现予公布，自2026年8月1日起施行。\n市长：王某\n"
        "2026年6月2日\n清江市犬类管理办法\n第一条 为加强管理，制定本办法。\n第二条 本办法自2026年8月1日起施行。"
    )

    assert given.title == "清江市犬类管理办法"
    assert given.number == "清江市人民政府令第21号"
    assert given.issuer == "清江市人民政府"
    assert given.dated == dt.date(2026, 6, 2)


def test_the_line_under_the_title_gives_date_and_issuer() -> None:
    given = draft("清江县山林管理规定\n（1998年7月3日　清江县人民政府令第6号）\n　　第一条　为保护山林，制定本规定。")

    assert (given.title, given.dated) == ("清江县山林管理规定", dt.date(1998, 7, 3))
    assert given.issuer == "清江县人民政府"
    assert given.number == "清江县人民政府令第6号"


def test_a_file_that_repeats_its_title_keeps_the_formatted_one() -> None:
    given = draft(
        "清江市财政局关于规范差旅费管理的通知-清江市财政局网站\n清财行〔2026〕7号\n清江市财政局\n"
        "关于规范差旅费管理的通知\n各单位：\n一、严格审批。\n二、按标准报销。\n清江市财政局\n2026年2月3日"
    )

    assert given.title == "清江市财政局关于规范差旅费管理的通知"
    assert given.parts.title is not None
    assert given.parts.title.of(given.text) == "清江市财政局\n关于规范差旅费管理的通知"
    assert paths(given) == ["一、", "二、"]


CONTRACT = """合同编号：QJ-2026-015
清江区政务中心
物业服务合同
甲方：清江区机关事务中心
乙方：清江安洁物业有限公司
目录
第一条 服务内容……1
第二条 费用及支付……2
第三条 违约责任……3
第一条 服务内容
1.1 乙方提供保洁服务。 1.2 服务区域见附件1。
第二条 费用及支付：
2.1 服务费每年36.5万元，包括：（1）人工；（2）材料。
2.2 甲方按月支付。
第三条【违约责任】
（一）乙方未达标的，扣减服务费。
（二）甲方逾期付款的，支付违约金。
（以下无正文）
甲方（盖章）：清江区机关事务中心      乙方（盖章）：
法定代表人（签字）：                  法定代表人（签字）：
日期：2026年5月20日                   日期：2026年5月21日
附件1
服务区域清单
第一条 一号楼每日两次。
第二条 二号楼每日一次。
附件2：考核办法
1、每月考核一次。
2、低于80分的，扣款。
"""


def test_a_contract_is_read_behind_its_cover_and_table_of_contents() -> None:
    given = draft(CONTRACT)

    assert given.line is Line.CONTRACT
    assert (given.title, given.number) == ("物业服务合同", "QJ-2026-015")
    assert paths(given)[:4] == ["第一条", "1.1", "1.2", "第二条"]
    assert provision(given, "1.2").span.of(given.text) == "1.2 服务区域见附件1。"
    assert provision(given, "第一条").heading == "服务内容"
    assert provision(given, "第二条").heading == "费用及支付"
    assert provision(given, "第三条").heading == "违约责任"


def test_a_list_inside_a_clause_becomes_its_children() -> None:
    given = draft(CONTRACT)

    inner = [(p.label, p.number) for p in provision(given, "2.1").children]
    assert inner == [("（1）", 1), ("（2）", 2)]


def test_the_signature_block_of_a_contract_ends_its_body_and_dates_it() -> None:
    given = draft(CONTRACT)

    assert given.parts.signature is not None
    signature = given.parts.signature.of(given.text)
    assert signature.startswith("（以下无正文）")
    assert signature.endswith("日期：2026年5月21日")
    assert given.dated == dt.date(2026, 5, 21)
    assert provision(given, "第三条").span.end < given.parts.signature.start


def test_attachments_restart_the_numbering_under_a_node_of_their_own() -> None:
    given = draft(CONTRACT)

    assert [s.of(given.text)[:4].strip() for s in given.parts.attachments] == ["附件1", "附件2："]
    assert provision(given, "附件1").heading == "服务区域清单"
    assert provision(given, "附件1第二条").number == 2
    assert [p.path for p in provision(given, "附件2").children] == ["附件2 1、", "附件2 2、"]


def test_the_number_of_an_attachment_may_stand_in_brackets() -> None:
    given = draft(
        "供货合同\n第一条 品名见附件（1）。\n第二条 交货见附件（2）。\n甲方（盖章）：\n乙方（盖章）：\n"
        "附件（1）\n品名\n书架。\n附件（2）\n交货\n送到馆内。"
    )

    assert len(given.parts.attachments) == 2
    assert all(r.resolved for r in given.facts.references)


def test_a_list_of_attachments_starts_none() -> None:
    given = draft(
        "清江市民政局关于开展核查的通知\n各区民政局：\n一、核查范围见附件1。\n二、按附件2填报。\n"
        "附件：1.核查范围\n2.统计表\n清江市民政局\n2026年4月1日"
    )

    assert given.parts.attachments == ()
    assert paths(given) == ["一、", "二、"]
    assert all(r.resolved for r in given.facts.references)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["一、标的", "（一）名称", "1.数量", "2.质量", "（二）地点", "二、价款"],
            "一、 一、（一） 一、（一）1. 一、（一）2. 一、（二） 二、",
        ),
        (["1 概况", "1.1 名称", "1.2 地点", "2 价款", "2.1 总价", "2.1.1 构成"], "1 1.1 1.2 2 2.1 2.1.1"),
        (["1、标的", "（1）数量", "（2）质量", "2、价款", "①单价", "②总价"], "1、 1、（1） 1、（2） 2、 2、① 2、②"),
        (
            ["第一条 价款", "1．总价", "（１）含税", "（２）包干", "2．支付", "第二条 期限"],
            "第一条 第一条第1款 第一条第1款第（１）项 第一条第1款第（２）项 第一条第2款 第二条",
        ),
        (["1. 价款", "（一）总价", "（二）单价", "2. 期限"], "1. 1.（一） 1.（二） 2."),
        (["一、总则", "第一条 目的", "第二条 定义", "二、价款", "第三条 总价"], "一、 第一条 第二条 二、 第三条"),
        (
            ["第一章 总则", "第1.01条 目的", "第1.02条 定义", "第二章 价款", "第2.01条 总价"],
            "第一章 第1.01条 第1.02条 第二章 第2.01条",
        ),
    ],
)
def test_the_numbering_habits_of_contracts_nest(lines: list[str], expected: str) -> None:
    given = draft("\n".join(["设备采购合同", "甲方：某局", "乙方：某公司", *lines]), Line.CONTRACT)

    assert paths(given) == expected.split(" ")


def test_numbers_that_count_nothing_make_no_provisions() -> None:
    given = draft(
        "设备采购合同\n甲方：某局\n乙方：某公司\n第一条 价款\n1.5万元为首付款。\n2026.3.1前付清。\n30日内交货。\n"
        "依照本合同第九条和有关补充协议的约定以及国家现行的各项标准和规范，参照\n第八条第二款办理。\n第二条 期限"
    )

    assert [p.path for p in given.provisions] == ["第一条", "第二条"]
    assert all(p.label == "" for p in given.provisions[0].children)  # paragraphs only


def test_table_cells_number_nothing_and_contracts_typed_in_one_table_are_read() -> None:
    rows = "设备采购合同\n第一条 清单如下。\n1、设备甲\n2、设备乙\n第二条 期限。"
    whole = "第一条 标的是设备。\n第二条 价款十万元。\n第三条 期限一年。"

    assert paths(draft(rows, Line.CONTRACT, cells=frozenset({2, 3}))) == ["第一条", "第二条"]
    assert paths(draft(whole, Line.CONTRACT, cells=frozenset({0, 1, 2}))) == ["第一条", "第二条", "第三条"]


def test_an_article_that_follows_in_the_same_line_is_found() -> None:
    given = draft("清江市市容规定\n第一条 为管理市容，制定本规定。第二条 本规定适用于城区。\n第三条 由城管部门负责。")

    assert paths(given) == ["第一条", "第二条", "第三条"]


def test_further_bodies_in_one_file_have_a_node_of_their_own() -> None:
    given = draft(
        "清江市财政局关于印发两个办法的通知\n各单位：\n现印发给你们。\n清江市财政局\n2026年1月5日\n差旅费管理办法\n"
        "第一条 甲。\n第二条 乙。\n第三条 丙。\n会议费管理办法\n第一条 丁。\n第二条 戊。"
    )

    assert [p.path for p in given.provisions] == ["第一条", "第二条", "第三条", "《会议费管理办法》"]
    assert paths(given)[-1] == "《会议费管理办法》第二条"


def test_a_wrapped_line_is_no_new_paragraph() -> None:
    given = draft("清江市市容规定\n第一条 市容管理部门应当会同有关\n部门制定标准。\n标准应当公布。\n第二条 略。")

    assert [p.path for p in provision(given, "第一条").children] == ["第一条第一款", "第一条第二款"]


def test_an_empty_document_has_no_parts() -> None:
    given = draft("", Line.CONTRACT)

    assert given.provisions == () and given.sentences == ()
    assert given.title == "" and given.parts.body is None


def test_sentences_end_at_stops_but_not_inside_brackets_or_quotes() -> None:
    text = "甲方付款；乙方交货（含税。不含运费）。\n　他说:“同意。立即办理。”就走了！未完"

    found = [s.of(text) for s in sentences_of(document(text).folded)]

    assert found == ["甲方付款；", "乙方交货（含税。不含运费）。", "他说:“同意。立即办理。”就走了！", "未完"]


def test_understanding_grows_linearly_and_stays_quick() -> None:
    clause = (
        "（一）乙方应当自收到通知之日起30日内，按照本合同第二条的约定支付人民币10,000元，逾期每日按万分之五计算。\n"
    )
    text = "设备采购合同\n甲方：某局\n乙方：某公司\n" + "".join(f"第{n}条 条款\n{clause * 3}" for n in range(1, 101))
    draft(text)

    started = time.perf_counter()
    given = draft(text)
    took = time.perf_counter() - started

    assert len(given.facts.references) == 300
    assert took < 1.0  # about 0.05 s; a quadratic step would take many seconds


def test_numbered_paragraphs_and_headings_that_end_like_sentences_are_read() -> None:
    contract = draft(
        "供电合同\n甲方：某局\n乙方：某公司\n第一条 供电\n第一款：全年供电。\n第二款：检修除外。", Line.CONTRACT
    )
    below = "各部门应当按照职责分工做好相关工作，确保各项任务按期完成并取得实效，不得推诿。"
    notice = draft(f"关于加强供电管理的通知\n一、总体要求\n（一）工作目的。\n{below}\n（二）责任分工。{below}")

    assert paths(contract) == ["第一条", "第一条第一款", "第一条第二款"]
    assert [provision(notice, p).heading for p in ("一、（一）", "一、（二）")] == ["工作目的", "责任分工"]


def test_a_full_width_stop_ends_a_sentence_and_lets_the_next_number_begin() -> None:
    text = "合同\n５．乙方应当按时交还．６．医疗费用由甲方承担．\n７．双方协商解决争议．"
    assert [p.number for p in draft(text).articles] == [5, 6, 7]
    sentences = [s.of(text) for s in sentences_of(fold(text))]
    assert sentences[1:3] == ["５．乙方应当按时交还．", "６．医疗费用由甲方承担．"]


def test_numbers_that_are_one_sign_are_counted_inside_a_line() -> None:
    text = "合同\n⒋　甲方保证用水．⒌　乙方需要排水时，甲方提供抽水机．\n⒍　甲方有权督促乙方．"
    assert [p.number for p in draft(text).articles] == [4, 5, 6]


def test_a_decimal_is_not_the_end_of_a_sentence() -> None:
    text = "面积为３．５亩．第一．二季度各付一半。"
    assert len(sentences_of(fold(text))) == 2
