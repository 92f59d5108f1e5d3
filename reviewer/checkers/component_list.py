"""A file that lists its own parts must have them: 招标文件由下列部分组成 against its chapters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

import msgspec

from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled

_LEAST_PARTS = 4
_LEAST_CHAPTERS = 4
_SAME = 0.72


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    lead: tuple[Regex, ...]  # the words before the list: 招标文件组成
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    chapters = [_heart(p.heading) for p in draft.articles if p.level.value in ("章", "编") and p.heading]
    if len(chapters) < _LEAST_CHAPTERS:
        return
    for provision in draft.articles:
        items = [c for c in provision.children if c.label]
        lead = draft.folded[provision.span.start : items[0].span.start] if items else ""
        if len(items) < _LEAST_PARTS or not any(compiled(p).search(lead) for p in options.lead):
            continue
        named = [(c, _heart(c.span.of(draft.folded)[len(c.label) :])) for c in items]
        missing = [(c, words) for c, words in named if words and not any(_same(words, x) for x in chapters)]
        if not missing or len(missing) * 2 > len(named):
            return  # the list counts something else than chapters
        names = "、".join(words for _, words in missing)
        because = f"所列{len(named)}个部分中，{names}没有对应的章"
        for item, _ in missing:
            line = item.span.of(draft.folded).split("\n")[0].rstrip(" ;。,")
            span = Span(item.span.start, item.span.start + min(len(line), 40))
            yield Match(span, {"缺": names}, because, confidence=options.confidence)
        return


def _heart(words: str) -> str:
    return re.sub(r"\s|\(.*?\)|（.*?）|第.{1,3}[章部]分?|[;；。,，]", "", words)


def _same(a: str, b: str) -> bool:
    if a in b or b in a:
        return True
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= _SAME
