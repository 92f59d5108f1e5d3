"""A party must be called the same in the head, the body and the signature: drift, exchange, slips of a character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Party, Span, fold
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled

_NOT_NAME = compiled(
    r"（?\s*(?:盖\s*章|签\s*章|公\s*章|签\s*字|签\s*名|印章|加盖[^（）]{0,6}|章)\s*）?|[\s_:;,。/]|（（?$"
)
_BLANKISH = compiled(r"[×xX*Ｘ_{}]{2,}|\.{3,}|…|某{2,}|某(?:公司|单位)")
_SAME_SIDE = (
    ("甲方", "发包人", "发包方", "采购人", "采购方", "委托人", "委托方", "出租人", "出租方",
     "买方", "需方", "定作方", "出让人", "出让方", "转让方"),
    ("乙方", "承包人", "承包方", "供应商", "供货方", "受托人", "受托方", "承租人", "承租方",
     "卖方", "供方", "承揽方", "受让人", "受让方"),
)
_COMPANY = compiled(r"(?:有限责任|股份有限|有限)?公司|合伙企业|事务所|集团")
_PLACE = compiled(r"[省市区县镇乡村街道]")
_LEAST = 6  # code points of a name that may be looked for in the body


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["signature", "exchanged", "body"]
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    heads = [p for p in draft.facts.parties if p.place == "head" and plain(p.name)]
    signatures = [p for p in draft.facts.parties if p.place == "signature" and plain(p.name)]
    if options.look == "body":
        yield from _in_body(draft, heads, options)
        return
    exchanged = [s for s in signatures if _stands_elsewhere(heads, s)]
    if exchanged and options.look == "signature":
        return  # the sides are told as exchanged, once
    for signed in signatures:
        own = [h for h in heads if side(h) == side(signed)]
        if not own or any(plain(h.name) == plain(signed.name) or _extends(h, signed) for h in own):
            continue
        if options.look == "exchanged" and signed not in exchanged:
            continue
        if options.look == "signature" and not is_organisation(signed.name):
            continue
        head = own[-1]
        values = {"角色": signed.role, "首部": head.name.strip(), "落款": signed.name.strip()}
        because = f"首部{head.role}为“{values['首部']}”，签章处{signed.role}为“{values['落款']}”"
        yield Match(signed.span, values, because, confidence=options.confidence)
        if options.look == "exchanged":
            return


def _stands_elsewhere(heads: list[Party], signed: Party) -> bool:
    """Does a party sign for the other side, under the very name that the head gives to its own?"""
    own = [h for h in heads if side(h) == side(signed)]
    if not own or any(plain(h.name) == plain(signed.name) or _extends(h, signed) for h in own):
        return False
    return any(side(h) != side(signed) and plain(h.name) == plain(signed.name) for h in heads)


def plain(name: str) -> str:
    """A name without spaces, seals and punctuation; empty where it is a blank or a placeholder."""
    folded = fold(name)
    if _BLANKISH.search(folded):
        return ""
    return _NOT_NAME.sub("", folded)


def side(party: Party) -> str:
    """甲方 for 发包人（甲方）, 采购人 …; the role itself where its side is not known."""
    words = " ".join((party.role, *party.aliases))
    for letter in "甲乙丙丁":
        if f"{letter}方" in words:
            return f"{letter}方"
    return next((names[0] for names in _SAME_SIDE if any(n in words for n in names)), party.role)


def is_organisation(name: str) -> bool:
    return len(plain(name)) >= 4 and bool(
        re.search(r"公司|局|厅|委|政府|院|校|学|中心|所|银行|集团|社|会|办|部|站|队|厂|店|处|厦", name)
    )


def _extends(head: Party, signed: Party) -> bool:
    """The name with its place or a bracket, or a person who signs for it."""
    a, b = plain(head.name), plain(signed.name)
    return a == re.sub(r"\([^()]*\)$", "", b) or b == re.sub(r"\([^()]*\)$", "", a) or not b


def _in_body(draft: Draft, heads: list[Party], options: Options) -> Iterator[Match]:
    """Names in the text that are a head name but for one or two characters."""
    known = {plain(p.name) for p in draft.facts.parties}
    seen: set[int] = set()
    for head in heads:
        name = plain(head.name)
        if len(name) < _LEAST or not is_organisation(name):
            continue
        for found in near_names(draft, name):
            words = plain(found.of(draft.text))
            if found.start in seen or words in known or words == name or not in_parts(draft, found, ()):
                continue
            seen.add(found.start)
            values = {"首部": head.name.strip(), "此处": found.of(draft.text).strip()}
            because = f"首部为“{values['首部']}”，此处为“{values['此处']}”"
            yield Match(found, values, because, confidence=options.confidence)


def near_names(draft: Draft, name: str) -> Iterator[Span]:
    """Places where the beginning and the end of a name stand round something nearly the same."""
    head, tail = re.escape(name[:2]), re.escape(name[-4:] if name.endswith("公司") else name[-2:])
    regex = re.compile(rf"{head}[\u4e00-\u9fa5()A-Za-z\d]{{{max(0, len(name) - 9)},{len(name) - 3}}}?{tail}")
    for found in regex.finditer(draft.folded):
        words = found.group()
        if words != name and slip(name, words):
            yield Span(*found.span())


def slip(name: str, words: str) -> bool:
    """Are two names one name with a slip: one or two characters, or 有限公司 for 有限责任公司?"""
    if abs(len(name) - len(words)) > 2:
        return name.replace("责任", "").replace("股份", "") == words.replace("责任", "").replace("股份", "")
    changes = [op for op in SequenceMatcher(None, name, words, autojunk=False).get_opcodes() if op[0] != "equal"]
    size = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in changes)
    company = bool(_COMPANY.search(name))
    most = 3 if company and min(len(name), len(words)) >= 10 else 2  # 云海信息技术有限公司, 云海科技有限公司
    if not changes or size > most or (len(changes) > 1 and len(name) < 10):
        return False
    for _, i1, i2, j1, j2 in changes:  # 市北区 and 市南区, 第一 and 第二 are other names, not slips
        around = name[i1 : i2 + 1] + words[j1 : j2 + 1]
        if (_PLACE.search(around) and not company) or re.search(r"[一二三四五六七八九十\d东南西北]", around):
            return False
    return True
