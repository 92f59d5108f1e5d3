"""What a contract says in two places: attachments, names under each party, copies by kind, supplements, lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from seeing import matches, seen
from test_merging import finding

from reviewer import merging
from reviewer.checkers import copy_counts, named_value, paired, party_names, titles_alike
from reviewer.domain import Severity, Span

LEADER = r"项目负责人：(?P<at>[一-龥]{2,3})"


def test_one_attachment_number_with_two_titles_is_told_with_both() -> None:
    text = "功能见附件二《技术规格书V1.3》。\n附件一《接口清单》\n附件二《技术规格书V1.1》"
    [match] = matches(titles_alike, text, look="numbered")
    assert match.values == {"此处": "技术规格书V1.1", "别处": "技术规格书V1.3"}


def test_attachments_of_several_numbers_and_a_shortened_title_are_silent() -> None:
    text = "功能见附件1《技术规格书》，考核见附件2《考核表》。\n附件1《技术规格书（2026版）》"
    assert seen(titles_alike, text, look="numbered") == []


def test_each_party_has_its_own_project_leader() -> None:
    text = "甲方：某区教育局\n项目负责人：周叙白\n乙方：海岳软件有限公司\n项目负责人：韩沐川"
    assert seen(named_value, text, any=(LEADER,), by_side=True) == []
    assert seen(named_value, text, any=(LEADER,)) == ["韩沐川"]


def test_two_leaders_of_one_party_are_told() -> None:
    text = "甲方：某区教育局\n乙方：海岳软件有限公司\n项目负责人：韩沐川\n第二条 乙方派驻。项目负责人：韩木川"
    assert seen(named_value, text, any=(LEADER,), by_side=True) == ["韩木川"]


@pytest.mark.parametrize(("each", "told"), [("正本一份、副本三份", False), ("正本一份、副本两份", True)])
def test_originals_and_duplicates_are_counted_each_by_itself(each: str, told: bool) -> None:
    text = f"本合同正本两份、副本六份，双方各执{each}。"
    assert bool(matches(copy_counts, text)) is told


def test_a_company_name_with_words_left_out_is_a_slip() -> None:
    assert party_names.slip("海岳信息技术服务有限公司", "海岳信息科技服务有限公司")
    assert not party_names.slip("海岳信息技术服务有限公司", "海岳园林绿化工程有限公司")


def test_a_supplement_need_not_say_what_its_contract_says() -> None:
    options: dict[str, Any] = {"sign": ("保证金",), "counterpart": ("退还",), "name": "返还"}
    assert seen(paired, "施工合同\n乙方交纳保证金五万元。", **options) == ["保证金"]
    assert seen(paired, "施工合同补充协议\n乙方交纳保证金五万元。", **options) == []
    assert seen(paired, "施工合同补充协议\n乙方交纳保证金五万元。", in_supplements=True, **options) == ["保证金"]


def test_a_lack_and_a_fault_at_the_same_words_are_both_told() -> None:
    fault = replace(finding(1, Severity.RISK, "liability"), span=Span(10, 30))
    lack = replace(finding(2, Severity.RISK, "liability"), span=Span(10, 30))
    assert len(list(merging.without_doubles([fault, lack], {lack.rule}))) == 2
    assert len(list(merging.without_doubles([fault, lack], set()))) == 1
