"""The members of a submission → what each is: by its title first, then its name, then its line and length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import PurePosixPath
from typing import Any, cast

from reviewer.domain import Draft, Line, fold
from reviewer.lexicon import read_yaml
from reviewer.package.records import Member, Role
from reviewer.places import LEXICONS

_HEAD = 120  # characters in which a paper says what it is
_ORDER = tuple(Role)
_DRAFT = re.compile("送审稿|草案|代拟稿|审议稿|征求意见稿|报批稿|讨论稿|正文|文本")
_SECONDARY = re.compile(r"^(附件|附表|附图|附录|附)\s*[\d一二三四五六七八九十]*")
_AGREEMENT = re.compile("(合同|协议)书?")
_TENDER_TYPE, _PAPER_TYPES = "采购文件", ("报审材料", "备案材料", "合法性审核意见书")

# What a title or file name says of a paper → its role, and the materials of the lines that it may be.
_KINDS: tuple[tuple[str, Role, tuple[str, ...]], ...] = (
    ("(中标|成交|入围|定标)(结果)?(通知书?|公告|公示)", Role.AWARD, ("ground",)),
    ("公平竞争审查", Role.MATERIAL, ("fair_competition",)),
    ("(起草|制定|修订|修改|编制|立法)(情况)?(的)?(说明|报告)", Role.EXPLANATION, ("explanation",)),
    ("公众参与|听取意见|(征求|征集|反馈|公开)(社会|公众|公开)*意见(?!稿)|意见(建议)?(及|的)?(采纳|汇总|反馈|处理)|采纳情况",
     Role.COMMENTS, ("comments", "public", "departments")),
    ("(部门|单位)(的)?(会签|反馈)?意见", Role.COMMENTS, ("departments", "comments")),
    ("(法制|法治|合法性|法规科?)(初步)?(审核|初审|审查)(意见|报告|结论|情况)|初审意见",
     Role.MATERIAL, ("first_opinion",)),
    ("法律意见书", Role.MATERIAL, ("legal_opinion", "first_opinion")),
    ("专家(论证|咨询|评审)", Role.MATERIAL, ("expert", "hearing")),
    ("风险评估", Role.MATERIAL, ("risk", "hearing")),
    ("听证(会)?(报告|笔录|情况|纪要)", Role.MATERIAL, ("hearing", "notice")),
    ("送审(的)?函|(提请|报送|恳请|申请).{0,40}(审查|审核|审议)的?(函|请示|报告)|请示$", Role.MATERIAL, ("letter",)),
    ("营业执照|资质(证书|证明)|资格证明|主体资格|身份证明", Role.MATERIAL, ("counterparty",)),
    ("授权委托书", Role.MATERIAL, ("authority",)),
    ("(谈判|磋商)(纪要|记录)", Role.MATERIAL, ("negotiation",)),
    ("(资产)?评估报告", Role.MATERIAL, ("assessment",)),
    ("调查终结报告|调查报告", Role.MATERIAL, ("report",)),
    ("证据", Role.MATERIAL, ("evidence",)),
    ("(处罚|听证)?(事先)?告知书|陈述申辩", Role.MATERIAL, ("notice",)),
    ("裁量(权)?(适用)?(说明|依据)", Role.MATERIAL, ("discretion",)),
    ("集体讨论", Role.MATERIAL, ("discussion",)),
    ("资金测算|财政承受能力", Role.MATERIAL, ("finance",)),
    ("一致性评估", Role.MATERIAL, ("consistency",)),
)  # fmt: skip
_GROUND_NAME = re.compile("依据|上位法|参考(文件|资料)|法律法规")
_TENDER = re.compile("(招标|采购|磋商|谈判|询价|比选|遴选)(文件|公告)|需求书")
_NATIONAL = re.compile("^中华人民共和国|^国务院|^国办|^国发")


def with_roles(members: Sequence[Member]) -> list[Member]:
    """The members with their roles, the main one first. At most one is the main text."""
    known = [_told(m) for m in members]
    free = [m for m in known if m.review is not None and m.role in (Role.ATTACHMENT, Role.CONTRACT)]
    free = free or [m for m in known if m.review is not None and m.role is Role.TENDER]
    free = free or [m for m in known if m.review is not None]
    if free:
        main = max(free, key=_likelihood)
        known = [replace(m, role=Role.MAIN) if m is main else m for m in known]
    return sorted(known, key=lambda m: (_ORDER.index(m.role), m.name))


def _told(member: Member) -> Member:
    """What title or name say; the title of a paper that speaks for itself goes before its file name."""
    stem = fold(PurePosixPath(member.name).stem)
    folders = fold(str(PurePosixPath(member.name).parent))
    draft = None if member.review is None else member.review.draft
    titles = [fold(draft.title or draft.text[:_HEAD].split("\n")[0])] if draft else []
    for title in (*titles, stem):
        for pattern, role, materials in _KINDS:
            if re.search(pattern, re.sub(r"\s", "", _unquoted(title))) and not _is_text_of_it(title, role):
                return replace(member, role=role, materials=materials)
    if any(_TENDER.search(t) for t in (*titles, stem)):
        return replace(member, role=Role.TENDER, materials=("ground",))
    if _GROUND_NAME.search(stem) or _GROUND_NAME.search(folders) or any(_NATIONAL.search(t) for t in titles):
        return replace(member, role=Role.GROUND, materials=("ground",))
    if draft is not None and draft.line is Line.CONTRACT and draft.type == _TENDER_TYPE:
        return replace(member, role=Role.TENDER, materials=("ground",))
    if draft is not None and draft.line is Line.CONTRACT and (draft.facts.parties or _AGREEMENT.search(draft.title)):
        return replace(member, role=Role.CONTRACT)
    return member


def _unquoted(title: str) -> str:
    """A title without what it quotes: 关于《某征求意见办法》的起草说明 is about the latter."""
    return re.sub("《[^》]*》", "", title)


def _is_text_of_it(title: str, role: Role) -> bool:
    """办法、规定 on such a matter is itself a text for review: 某市重大决策听证办法, 公平竞争审查实施细则."""
    rule = re.search("(办法|规定|细则|规则|条例|规程|制度|方案)(\\([^()]{1,12}\\))?$", _unquoted(title))
    return rule is not None or (role is not Role.AWARD and title.endswith(("合同", "协议", "合同书", "协议书")))


def _likelihood(member: Member) -> tuple[float, int, str]:
    """How much speaks for a member as the text that is submitted for review."""
    assert member.review is not None
    draft = member.review.draft
    stem = PurePosixPath(member.name).stem
    points = 0.0
    points += 4 if _DRAFT.search(stem) or _DRAFT.search(draft.title) else 0
    points -= 4 if _SECONDARY.search(stem) else 0
    points -= 3 if draft.type in _PAPER_TYPES else 0
    points += 2 if draft.title else 0
    points += 2 if member.role is Role.CONTRACT and draft.facts.parties else 0
    points += min(len(draft.provisions), 10) / 5
    return points, len(draft.text), member.name


# ---------------------------------------------------------------- 材料 materials of the line


def missing_materials(main: Member, members: Sequence[Member]) -> Iterator[str]:
    """What the line requires to be submitted and no member seems to be, as one sentence."""
    assert main.review is not None
    draft = main.review.draft
    if draft.type in (*_PAPER_TYPES, _TENDER_TYPE):
        return
    present = {key for m in members if m is not main for key in m.materials}
    lacking = [(name, hint) for key, name, hint in _required(draft) if key not in present]
    if lacking:
        names = "、".join(name + (f"（{hint}）" if hint else "") for name, hint in lacking)
        yield f"按{_line_name(draft)}的送审要求，送审材料中没有识别到：{names}；确未附送的请补送"


def _required(draft: Draft) -> Iterator[tuple[str, str, str]]:
    for material in _line_file(draft.line)["materials"]:
        if material["required"] and not material.get("reviewed"):
            yield material["key"], material["name"], material.get("hint", "")


def _line_name(draft: Draft) -> str:
    name: str = _line_file(draft.line)["name"]
    return name


@cache
def _line_file(line: Line) -> dict[str, Any]:
    return cast(dict[str, Any], read_yaml(LEXICONS / "lines" / f"{line.value}.yaml"))
