"""Words written with a character of the same sound or of nearly the same shape: 低押 for 抵押."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from reviewer.domain import Draft, Match
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled

_NUMBER = compiled(r"[\u4e00-\u9fa5]{0,8}[〔\[(]\s?\d{4}\s?[〕\])]")  # 阜政办〔2008〕3号: no words


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    known: tuple[str, ...] = ()  # words of a trade that stay silent: 核放
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if knowledge.slips is None:
        return
    for span, written, word in knowledge.slips(draft.folded):
        if written in options.known or _NUMBER.match(draft.folded, span.start):
            continue
        because = f"“{written}”不是词，换成音同或者形近的字就是常用的“{word}”"
        yield Match(span, {"误": written, "词": word}, because, confidence=options.confidence)
