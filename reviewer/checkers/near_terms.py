"""Names that drift: 职称评审评委会 beside 职称评审委员会, 核准部门 beside 核准单位, for one and the same body.

`names`: the full name before （以下简称…） stands once, and nearly the same name several times elsewhere.
`tails`: one stem with two tails of the same sense, one of them rare.
`bodies`: a standing body of one place with and without a word inside its name: 防汛指挥部 beside 防汛抗旱指挥部.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge

_NAME = re.compile(r"[\u4e00-\u9fa5]{6,20}$")
_LEAD = re.compile(r"^.*(?:所称的?|关于|根据|由|对|的|和|与|及|在|为|设立|成立|组建|建立|本)(?=[\u4e00-\u9fa5]{6})")
_OTHER = re.compile(r"[省市区县镇乡村一二三四五六七八九十东南西北上下前后正副新老初终甲乙丙丁]")
_STEM = (
    "核准|申报|建设|运营|实施|认定|评审|评定|推荐|组建|承办|受理|委托|评估|验收|考核|用人|经办|审批|审核|备案|登记"
    "|征收|监管|执法|牵头|责任|承担|承接|申请|供水|管护|代理"
)
_TAILS = ("部门", "单位", "机构", "机关")
_DRIFT = re.compile(rf"(?P<stem>{_STEM})(?P<tail>{'|'.join(_TAILS)})")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["names", "tails", "bodies"] = "names"
    least: int = 2  # how often the other name must stand
    rare: int = 1  # and this one at most (tails)
    confidence: float = 0.75


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    yield from {"names": _names, "tails": _tails, "bodies": _bodies}[options.look](draft, options)


def _names(draft: Draft, options: Options) -> Iterator[Match]:
    text = draft.folded
    for term in draft.facts.terms:
        opening = text.rfind("(", max(0, term.span.start - 12), term.span.start)
        found = _NAME.search(text, max(0, opening - 24), opening) if opening > 0 else None
        if found is None:
            continue
        name = _LEAD.sub("", found[0])
        if len(name) < 6 or text.count(name) > 1 or not in_parts(draft, Span(*found.span()), ()):
            continue
        near = Counter(w for w in _alike(text, name) if _drifts(name, w)).most_common(1)
        if near and near[0][1] >= options.least:
            values = {"此处": name, "别处": near[0][0], "次数": str(near[0][1])}
            because = f"此处写“{name}”，别处{near[0][1]}次写“{near[0][0]}”"
            yield Match(Span(opening - len(name), opening), values, because, confidence=options.confidence)


def _alike(text: str, name: str) -> Iterator[str]:
    head, tail = re.escape(name[:3]), re.escape(name[-1])
    for found in re.finditer(rf"{head}[\u4e00-\u9fa5]{{{len(name) - 6},{len(name) - 3}}}?{tail}", text):
        yield found[0]


def _drifts(name: str, words: str) -> bool:
    """One or two characters apart, and none of those that make another body of it."""
    from difflib import SequenceMatcher

    if words == name or words in name or name in words or abs(len(words) - len(name)) > 1:
        return False
    changes = [op for op in SequenceMatcher(None, name, words, autojunk=False).get_opcodes() if op[0] != "equal"]
    changed = "".join(name[i1:i2] + words[j1:j2] for _, i1, i2, j1, j2 in changes)
    return len(changed) <= 3 and not _OTHER.search(changed)


def _tails(draft: Draft, options: Options) -> Iterator[Match]:
    """核准单位 once where 核准部门 stands three times or more."""
    places: dict[str, dict[str, list[Span]]] = {}
    for found in _DRIFT.finditer(draft.folded):
        of_stem = places.setdefault(found["stem"], {})
        of_stem.setdefault(found["tail"], []).append(Span(found.start("stem"), found.end()))
    for stem, tails in places.items():
        if len(tails) != 2:
            continue
        (often, many), (seldom, few) = sorted(tails.items(), key=lambda t: -len(t[1]))
        if len(many) < options.least or len(few) > options.rare or not in_parts(draft, few[0], ("body",)):
            continue
        values = {"此处": stem + seldom, "别处": stem + often, "次数": str(len(many))}
        because = f"此处写“{stem}{seldom}”，别处{len(many)}次写“{stem}{often}”"
        yield Match(few[0], values, because, confidence=options.confidence)


_BODY = re.compile(
    r"(?P<place>(?:(?!按照|根据|依照|报告|成立|设立|组建|服从|通知|上报|全[市县区])[\u4e00-\u9fa5]{2})?[省市县区州旗])(?P<name>[\u4e00-\u9fa5]{2,16}?(?:大队|支队|总队|指挥部|领导小组|管理委员会|管委会))"
)
_BODIES = ("队", "指挥部", "领导小组", "管理委员会", "管委会")
_ANOTHER = re.compile(r"[分副省市区县镇乡村一二三四五六七八九十东南西北]|直属|临时|前线|现场|专项")
_LONGEST_WORD = 3


def _bodies(draft: Draft, options: Options) -> Iterator[Match]:
    """Two names of bodies of one place and one kind, one of them with a word more inside; the later is told."""
    places: dict[tuple[str, str], Span] = {}
    if not any(word in draft.folded for word in _BODIES):
        return
    for found in _BODY.finditer(draft.folded):
        places.setdefault((found["place"], found["name"]), Span(*found.span()))
    for (place, name), span in places.items():
        for (other_place, other), earlier in places.items():
            if place == other_place and earlier.start < span.start and _has_word_more(name, other):
                if in_parts(draft, span, ()):
                    values = {"此处": place + name, "别处": place + other, "次数": "1"}
                    because = f"此处写“{place}{name}”，前文写“{place}{other}”"
                    yield Match(span, values, because, confidence=options.confidence)
                break


def _has_word_more(a: str, b: str) -> bool:
    """Is one name the other with a word put in after its first two characters and before its last two?"""
    short, long = sorted((a, b), key=len)
    more = len(long) - len(short)
    if not 1 <= more <= _LONGEST_WORD or len(short) < 5:
        return False
    return any(
        long[:i] + long[i + more :] == short and not _ANOTHER.search(long[i : i + more])
        for i in range(2, len(short) - 1)
    )
