"""Parties, roles and names that must stay the same through a document."""

from __future__ import annotations

import pytest
from seeing import knowledge, matches, seen

from reviewer.checkers import (
    cited_names,
    defined_terms,
    named_value,
    party_names,
    party_roles,
    renamed_terms,
    self_name,
)
from reviewer.domain import Line
from reviewer.lexicon import Term

BODY = "第一条 乙方为甲方开发系统，甲方付款。\n第二条 服务费十万元。\n第三条 本合同自双方盖章之日起生效。\n"


def contract(first: str, second: str, signed_first: str, signed_second: str) -> str:
    return (
        f"技术服务合同\n甲方：{first}\n乙方：{second}\n{BODY}"
        f"甲方：{signed_first}（盖章）\n乙方：{signed_second}（盖章）\n2026年3月1日"
    )


def test_exchanged_parties_are_told_once_as_an_exchange_not_as_two_drifts() -> None:
    text = contract("某区教育局", "海岳软件有限公司", "海岳软件有限公司", "某区教育局")
    [match] = matches(party_names, text, look="exchanged")
    assert match.values == {"角色": "甲方", "首部": "某区教育局", "落款": "海岳软件有限公司"}
    assert seen(party_names, text, look="signature") == []


def test_a_name_that_differs_in_the_signature_is_drift() -> None:
    text = contract("某区教育局", "海岳软件有限公司", "某区教育局", "海岳软件有限责任公司")
    assert seen(party_names, text, look="signature") == ["海岳软件有限责任公司"]


@pytest.mark.parametrize("signed", ["", "____", "××公司", "海岳软件有限公司（公章）", "海岳软件 有限公司"])
def test_blanks_seals_and_spaces_in_the_signature_are_no_drift(signed: str) -> None:
    text = contract("某区教育局", "海岳软件有限公司", "某区教育局", signed)
    assert seen(party_names, text, look="signature") == []


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("长清医疗器械有限公司", "长清医疗器材有限公司", True),
        ("海岳软件有限公司", "海岳软件有限责任公司", True),
        ("海岳市市北区财政局", "海岳市市南区财政局", False),
        ("海岳第一建筑有限公司", "海岳第二建筑有限公司", False),
    ],
)
def test_a_slip_is_told_from_another_name(name: str, other: str, same: bool) -> None:
    assert party_names.slip(name, other) is same


def test_a_third_party_must_be_named_before_it_has_duties() -> None:
    text = f"合同\n甲方：某区教育局\n乙方：海岳软件有限公司\n{BODY}第四条 丙方应当提供接口。"
    assert seen(party_roles, text, look="letters") == ["丙方"]
    named = text.replace("乙方：海岳软件有限公司", "乙方：海岳软件有限公司\n丙方：北辰科技有限公司")
    assert seen(party_roles, named, look="letters") == []


def test_a_role_in_brackets_beside_a_party_is_defined() -> None:
    text = f"合同\n甲方（采购人）：某区教育局\n乙方（供应商）：海岳软件有限公司\n{BODY}第四条 供应商应当保密。"
    assert seen(party_roles, text, look="roles") == []
    bare = text.replace("（供应商）", "").replace("（采购人）", "")
    assert seen(party_roles, bare, look="roles") == ["供应商"]


def test_one_label_has_one_value_and_blanks_are_no_value() -> None:
    text = "项目名称：政务云扩容项目\n工程概况\n项目名称：教育云扩容项目\n项目名称：____"
    assert seen(named_value, text, label=("项目名称",)) == ["教育云扩容项目"]
    assert seen(named_value, text.replace("教育", "政务"), label=("项目名称",)) == []


def test_a_name_that_lost_characters_in_the_body_is_seen_but_another_phase_is_not() -> None:
    head = "项目名称：某省企业就业失业数据采集系统\n第一条 甲方委托乙方开发 "
    assert seen(named_value, head + "某省就业失业数据采集系统 。", label=("项目名称",), near=True) == [
        "某省就业失业数据采集系统"
    ]
    assert seen(named_value, head + "某省企业就业失业数据采集系统。", label=("项目名称",), near=True) == []


LONG = "\n各部门应当在职责范围内做好有关工作，及时更新数据，保障数据真实、准确、完整，并接受监督检查。" * 3


def test_unused_abbreviations_are_told_together() -> None:
    text = f"大数据中心（以下简称“数据中心”）和运行中心（以下简称“政务中心”）负责。政务中心牵头。{LONG}"
    [match] = matches(defined_terms, text, Line.NORMATIVE, look="unused")
    assert match.values == {"简称": "“数据中心”"}


def test_甲方_and_a_short_text_need_no_use() -> None:
    assert seen(defined_terms, f"某局（以下简称甲方）负责。{LONG}", look="unused") == []
    assert seen(defined_terms, f"某银行（以下简称“Ａ银行”）与借款人签约，A银行放款。{LONG}", look="unused") == []
    assert seen(defined_terms, f"某公司（以下简称股份公司或发行人）委托。发行人付费。{LONG}", look="unused") == []
    assert seen(defined_terms, "大数据中心（以下简称“数据中心”）负责。", look="unused") == []


def test_one_number_with_two_titles_is_seen_and_the_notice_that_issues_it_is_not() -> None:
    text = "依据《甲项目管理办法》（某政发〔2024〕3号）。按照《乙项目管理办法》（某政发〔2024〕3号）。"
    issued = (
        "依据《关于印发〈甲项目管理办法〉的通知》（某政发〔2024〕3号）。"
        "按照《甲项目管理办法》（某政发〔2024〕3号）。"
    )
    assert seen(cited_names, text, Line.NORMATIVE) == ["《乙项目管理办法》（某政发〔2024〕3号）"]
    assert seen(cited_names, issued, Line.NORMATIVE) == []


def test_a_document_must_call_itself_what_its_title_says() -> None:
    text = (
        "某区人才引进办法实施细则\n第一条 制定本细则。\n第二条 违反本办法的规定的，责令改正。\n"
        "第三条 按照本细则第一条执行。"
    )
    assert seen(self_name, text, Line.NORMATIVE) == ["本办法"]
    assert seen(self_name, text.replace("本办法", "本细则"), Line.NORMATIVE) == []


def test_a_document_made_and_called_throughout_as_another_kind_is_seen() -> None:
    text = "某镇租赁房屋管理办法\n第一条 为了规范租赁，制定本规定。\n第二条 本规定所称房屋，是指住宅。\n"
    assert seen(self_name, text, Line.NORMATIVE) == ["本规定"]
    assert seen(self_name, text.replace("本规定", "本办法"), Line.NORMATIVE) == []


def test_old_names_of_a_document_are_one_message_with_all_pairs() -> None:
    from plain_text import draft

    text = "由区国土局、区工商局负责，原工商局的档案移交。"
    terms = (Term("国土局", instead="自然资源局、主管部门"), Term("工商局", instead="市场监督管理局、主管部门"))
    found = list(renamed_terms.find(draft(text), renamed_terms.Options(theme="theme"), knowledge(*terms)))
    assert {m.values["对照"] for m in found} == {
        "“国土局”现为自然资源局、主管部门；“工商局”现为市场监督管理局、主管部门"
    }


def test_a_short_name_in_a_list_is_an_organ_only_in_a_list_of_organs() -> None:
    from plain_text import draft

    options, known = renamed_terms.Options(theme="theme"), knowledge(Term("、物价、", instead="发展改革部门"))
    organs = "由工商、物价、税务等部门负责。"
    assert [m.span.of(organs) for m in renamed_terms.find(draft(organs), options, known)] == ["物价"]
    assert list(renamed_terms.find(draft("因人工、物价、运费上涨，由主管部门调整。"), options, known)) == []
