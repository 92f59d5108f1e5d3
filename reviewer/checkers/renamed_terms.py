"""Words of a theme that are written otherwise now, all told together: one finding a document, with each pair."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from reviewer.checkers import terms
from reviewer.domain import Draft, Match
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex

_MOST_NAMED = 6


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    theme: str  # a file of lexicons/terms
    link: str = "现为"  # between the old name and the new one: 现为, 应为
    unless: tuple[Regex, ...] = ()  # none may be found in the sentence
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    each = terms.Options(theme=options.theme, unless=options.unless, word=False, confidence=options.confidence)
    found = list(terms.find(draft, each, knowledge))
    pairs = dict.fromkeys(f"“{m.values['词'].rstrip('、')}”{options.link}{m.values['规范用语']}" for m in found)
    names = "；".join(list(pairs)[:_MOST_NAMED]) + ("等" if len(pairs) > _MOST_NAMED else "")
    for match in found:
        yield Match(match.span, {"对照": names}, match.because, confidence=options.confidence, edit=match.edit)
