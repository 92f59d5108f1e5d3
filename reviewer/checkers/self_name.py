"""A document that calls itself something else: 本办法 in a text whose title says 细则."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Level, Match, Span, fold
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled

_KINDS = "办法|规定|细则|意见|方案|条例|规则|预案|规程|标准|章程|基准|准则|制度|规范|通知|通告|公告|决定|指引|措施|政策"
_SELF = compiled(
    rf"(?:违反|遵守|依照|按照?|根据|适用|符合|除)本(?P<a>{_KINDS})(?:的|第|规定|所|中|另有)|(?:^|[\n。\s])本(?P<b>{_KINDS})(?:所称|适用于|由|自|规定|未尽|施行|实施|印发|第)"
    rf"|本(?P<c>{_KINDS})第[一二三四五六七八九十百\d]{{1,4}}[条章]"
    rf"|(?:不适用|参照|参照执行|遵守)本(?P<d>{_KINDS})(?=执行|办理|实施|[。;,])"
)
_MADE = compiled(rf"制[定订]本(?P<kind>{_KINDS})(?=[。;,])")
_FIRM = frozenset(("办法", "规定", "细则", "条例", "规则", "意见", "方案", "章程"))
_FORWARDED = compiled(r"的(?:通知|公告|通告|决定|函)\s*$|（[^（）]{0,20}）\s*$|》")

_CARRIES = compiled(r"印发|转发|批转|发布|公布|下发|修订|修改|办法|规定|细则|方案|规则|意见|标准|预案|制度|措施")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """Only texts whose own titles name their kind; attachments have names of their own."""
    own = {kind for title in _titles(draft) for kind in _kinds(title)}
    if not own:
        return
    uses = [(m, m["a"] or m["b"] or m["c"] or m["d"]) for m in _SELF.finditer(draft.folded)]
    right = next((kind for _, kind in uses if kind in own), None)
    if right is None and (made := _MADE.search(draft.folded)) is not None and made["kind"] in own:
        right = made["kind"]
    if right is None and _all_made_as_another(draft, own, uses):
        right = next(iter(own))
    if right is None and not _CARRIES.search(draft.title) and not draft.parts.attachments:
        right = next(iter(own)) if len(own) == 1 else None  # 本办法 in a notice that issues nothing
    for match, kind in uses:
        if kind in own or right is None:
            continue
        group = next(name for name in ("a", "b", "c", "d") if match[name])
        span = Span(match.start(group) - 1, match.end(group))
        if in_parts(draft, span, ()) and not any(a.overlaps(span) for a in draft.parts.attachments):
            values = {"自称": f"本{kind}", "应称": f"本{right}"}
            yield Match(span, values, f"题名为“{right}”，此处自称“本{kind}”", confidence=options.confidence)


def _all_made_as_another(draft: Draft, own: set[str], uses: list[tuple[re.Match[str], str]]) -> bool:
    """Is a 办法 that carries nothing made, and called throughout, as one other kind (制定本规定)?"""
    made = _MADE.search(draft.folded)
    if made is None or len(own) != 1 or draft.parts.attachments or not (own | {made["kind"]}) <= _FIRM:
        return False
    return {kind for _, kind in uses} == {made["kind"]}


def _titles(draft: Draft) -> Iterator[str]:
    """The title, the titles of what it forwards, and the line above the first chapter or article."""
    yield draft.title
    for provision in draft.provisions:
        if provision.level is Level.PART:
            yield provision.heading
    body = draft.parts.body.start if draft.parts.body else 0
    yield draft.folded[body : body + 80].split("\n")[0]
    first = next((p for p in draft.articles if p.label.startswith("第")), None)
    if first is not None:
        above = [x for x in draft.folded[max(0, first.span.start - 200) : first.span.start].split("\n") if x.strip()]
        yield from above[-2:]


def _kinds(title: str) -> Iterator[str]:
    """关于印发某某管理办法实施细则的通知 is a 细则 and a 通知, no 办法."""
    words = re.sub(r"\s", "", fold(title))
    if len(words) > 100 or re.search(r"[。;]", words):
        return
    while cut := _FORWARDED.search(words):
        yield from re.findall(_KINDS, cut.group())
        words = words[: cut.start()]
    last = re.search(rf"(?:{_KINDS})$", words)
    if last:
        yield last.group()
