"""The name a document gives itself: 本办法 in a document that is a 细则."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span, fold
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled

_KINDS = "办法|细则|规则|规程|条例|基准|标准|方案|意见|预案|措施|制度|规定|决定|公告|通告|通知"
_COVER = compiled(r"》?\s*的?(?:通知|公告|函|令|决定)$")
_KIND_AT_END = compiled(rf"(?P<kind>{_KINDS})(?:（[^（）]{{1,14}}）)*》?\s*$")
_FORWARDS = compiled(r"印发|转发|公布|发布|批转|颁布")
_SELF = compiled(r"(?<![基根成样版文标资原])本(?P<kind>办法|细则|规则|规程|条例|基准)(?!院|所)")
_RULES_OF_SELF = compiled(
    r"本(?P<kind>规定)(?=自[^。；]{2,30}(?:施行|执行|实施)|由[^。；]{2,30}解释|所称|适用于|第[一二三四五六七八九十]+条)"
)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    own = own_kind(fold(draft.title))
    if own is None:
        return
    said = [m for regex in (_SELF, _RULES_OF_SELF) for m in regex.finditer(draft.folded)]
    counts = Counter(m["kind"] for m in said)
    own_count = draft.folded.count("本" + own)
    for place in sorted(said, key=lambda m: m.start()):
        kind, span = place["kind"], Span(*place.span())
        if kind == own or not 0 < counts[kind] <= own_count or _named_here(draft, kind):
            continue
        if in_parts(draft, span, ()):
            values = {"写作": "本" + kind, "应为": "本" + own}
            because = f"标题是“{own}”，全文{own_count}处写“本{own}”，此处写“本{kind}”"
            yield Match(span, values, because, confidence=options.confidence, edit="本" + own)


def own_kind(title: str) -> str | None:
    """办法 of 关于印发某某管理办法（试行）的通知; None where the title does not say."""
    name = title.strip()
    if _FORWARDS.search(name):
        name = re.sub(r"等[^等]{0,12}$", "", _COVER.sub("", name))
    found = _KIND_AT_END.search(name)
    return found["kind"] if found else None


def _named_here(draft: Draft, kind: str) -> bool:
    """Is the word a short name for another document, or the title of another one in the same file?"""
    if re.search(rf"(?:简称|以下称)[^。)《]{{0,4}}本{kind}", draft.folded):
        return True
    first = draft.provisions[0].span.start if draft.provisions else 0
    ends = re.compile(rf"{kind}(?:\([^()]{{1,14}}\))?$")
    return any(
        len(b.span) <= 45 and ends.search(b.span.of(draft.folded).strip()) and b.span.start > first
        for b in draft.document.blocks
    )
