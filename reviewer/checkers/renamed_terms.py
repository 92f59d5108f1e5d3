"""Words of a theme that are written otherwise now, all told together: one finding a document, with each pair."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from reviewer.checkers import terms
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled

_ORGANS = compiled(r"[^。；，\n]{0,80}?(?:部门|机关|单位|各司其职|(?<!全)[局委厅]|有关方面)")
_MOST_NAMED = 6


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    theme: str  # a file of lexicons/terms
    link: str = "现为"  # between the old name and the new one: 现为, 应为
    unless: tuple[Regex, ...] = ()  # none may be found in the sentence
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    each = terms.Options(theme=options.theme, unless=options.unless, word=False, confidence=options.confidence)
    found = [m for m in terms.find(draft, each, knowledge) if _among_organs(draft, m.span)]
    pairs = dict.fromkeys(f"“{m.values['词'].strip('、')}”{options.link}{m.values['规范用语']}" for m in found)
    names = "；".join(list(pairs)[:_MOST_NAMED]) + ("等" if len(pairs) > _MOST_NAMED else "")
    for match in found:
        place = _trimmed(draft, match.span)
        yield Match(place, {"对照": names}, match.because, confidence=options.confidence, edit=match.edit)


def _among_organs(draft: Draft, span: Span) -> bool:
    """A short name between marks of enumeration (、物价、) is an organ only where the list is one of organs."""
    if not span.of(draft.folded).startswith("、"):
        return True
    return _ORGANS.match(draft.folded, span.end - 1) is not None


def _trimmed(draft: Draft, span: Span) -> Span:
    """The place without the marks of enumeration by which a short name in a list was recognised (、国土、)."""
    word = span.of(draft.folded)
    return Span(span.start + len(word) - len(word.lstrip("、")), span.end - len(word) + len(word.rstrip("、")))
