"""A document that calls itself something else: 本办法 in a text whose title says 细则."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled

_KINDS = "办法|规定|细则|意见|方案|条例|规则|预案|规程|标准|章程|基准|准则|制度|规范|通知|决定|指引|措施|政策"
_SELF = compiled(
    rf"(?:违反|依照|按照|根据|适用|符合|除)本(?P<a>{_KINDS})(?:的|第|规定|所|中|另有)|(?:^|[\n。\s])本(?P<b>{_KINDS})(?:所称|适用于|由|自|规定|未尽|施行|实施|印发|第)"
)
_TITLE_LINE = compiled(
    rf"(?:^|\n)[^\n。；，：]{{2,60}}?(?:{_KINDS})\s*(?:（(?:试行|暂行|修订|征求意见稿|草案|送审稿|审议稿)[^（）\n]{{0,10}}）)?\s*(?=\n)"
)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """Only texts whose own title names its kind; everything that a title or heading line names is its kind too."""
    head = draft.folded[: draft.parts.body.start if draft.parts.body else 0] + draft.title
    own = set(re.findall(_KINDS, head))
    for line in _TITLE_LINE.finditer(draft.folded):
        own.update(re.findall(_KINDS, line.group()))
    if not own:
        return
    uses = [(m, m["a"] or m["b"]) for m in _SELF.finditer(draft.folded)]
    right = [kind for _, kind in uses if kind in own]
    for match, kind in uses:
        if kind in own or not right:
            continue
        group = "a" if match["a"] else "b"
        span = Span(match.start(group) - 1, match.end(group))
        if in_parts(draft, span, ()):
            values = {"自称": f"本{kind}", "应称": f"本{right[0]}"}
            yield Match(span, values, f"题名为“{right[0]}”，此处自称“本{kind}”", confidence=options.confidence)
