"""Roles that act in the text without its ever saying who they are: 丙方, 雇主, 供应商 beside 甲方 and 乙方."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled

_LETTERS = ("丙方", "丁方", "戊方")
_ROLES = (
    "雇主", "业主", "咨询方", "委托咨询方", "发包人", "发包方", "承包人", "承包方", "分包方", "工程承包人", "供应商",
    "供货方", "供方", "需方", "卖方", "买方", "出租方", "出租人", "承租方", "承租人", "委托人", "委托方", "受托人",
    "受托方", "采购人", "采购方", "出让方", "许可方", "被许可方", "承揽方", "定作方", "服务方", "施工方", "设计方",
)  # fmt: skip
_DUTY = compiled(
    r"\s*(?:应当?|须|必须|不得|有权|负责|承担|同意|保证|承诺|支付|提供|提交|交付|收到|未|违反|逾期|书面|指定|表明|另外同意|有(?:特殊|异议)|通知|提出|的(?:要求|指定|书面|同意|通知|责任|义务))"
)
_BY = compiled(r"(?:由|向|经|给|与|付给|未经|征得|通知|向|告知|交付|退还|赔偿)\s*$")
_BEFORE_SUBJECT = compiled(r"(?:由|向|经|给|与|未经|征得|通知|告知|接到|收到|[则且而若如但并时后前即])\s*$")
_OURS = compiled(r"我(?:司|公司|方|单位|局|院|校|中心)|贵(?:司|公司|方|单位)")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["letters", "roles", "ours"]
    least: int = 1  # how often the role must do or receive something
    confidence: float = 0.75


def literals(options: Options) -> frozenset[str] | None:
    return None if options.look == "ours" else frozenset(_LETTERS if options.look == "letters" else _ROLES)


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if not _has_letters(draft) and options.look != "letters":
        return
    if options.look == "ours":
        yield from _ours(draft, options)
        return
    for role in _LETTERS if options.look == "letters" else _ROLES:
        if draft.words is not None and role not in draft.words:
            continue
        places = list(_uses(draft, role))
        if not places or _defined(draft, role):
            continue
        if options.look == "letters" and places and "甲方" not in draft.folded:
            continue
        if len(places) >= options.least:
            because = f"“{role}”出现{len(places)}处，全文没有写明其为何人"
            for span in places[:1]:
                yield Match(span, {"角色": role}, because, confidence=options.confidence)


def _has_letters(draft: Draft) -> bool:
    """A contract that says who its parties are."""
    if draft.folded.count("甲方") >= 3 and draft.folded.count("乙方") >= 3:
        return True
    sides = {p.role for p in draft.facts.parties if p.place == "head"}
    sides |= {t.term for t in draft.facts.terms if t.term[-1:] in "方者人商"}
    return len(sides) >= 2


def _defined(draft: Draft, role: str) -> bool:
    """Is the role named as a party, put in a bracket beside one, or explained anywhere?"""
    if any(role in (p.role, *p.aliases) or role in p.role for p in draft.facts.parties):
        return True
    if any(role in t.term for t in draft.facts.terms):
        return True
    word = re.escape(role)
    regex = (
        rf"{word}\s*(?:\([^()]{{1,30}}\)|\s)*\s*[::]|\(\s*(?:以下)?(?:简称|称)?\s*[为“\"]*{word}|{word}\s*[((](?:以下|下称|即|甲方|乙方|丙方)"
        rf"|(?:简称|下称|称为|称作|称|作为|是指|系指)\s*[“\"]?[^。;,)]{{0,6}}{word}|{word}[”\"]?\s*(?:是指|系指|指|为|即)|“{word}”"
    )
    return re.search(regex, draft.folded) is not None


def _uses(draft: Draft, role: str) -> Iterator[Span]:
    """Places where the role has a right or a duty, or something is done with it."""
    text, at = draft.folded, draft.folded.find(role)
    while at >= 0:
        end = at + len(role)
        before, inside_word = text[max(0, at - 4) : at], bool(re.match(r"[\u4e00-\u9fa5]", text[at - 1 : at] or " "))
        acts = _DUTY.match(text, end) is not None and (not inside_word or _BEFORE_SUBJECT.search(before) is not None)
        goes_on = re.match(r"(?![并后])[\u4e00-\u9fa5]", text[end : end + 1] or " ") is not None
        receives = _BY.search(before) is not None and not goes_on
        span = Span(at, end)
        if (acts or receives) and in_parts(draft, span, ()) and not in_parts(draft, span, ("attachments",)):
            yield span
        at = text.find(role, end)


def _ours(draft: Draft, options: Options) -> Iterator[Match]:
    """我司, 贵方 in a text whose parties are 甲方 and 乙方."""
    for found in _OURS.finditer(draft.folded):
        span = Span(*found.span())
        if in_parts(draft, span, ("body",)) and not in_parts(draft, span, ("attachments",)):
            yield Match(span, {}, f"合同当事人称甲方、乙方，此处称“{found.group()}”", confidence=options.confidence)
