"""Two sums stated for linked things: the decided fine is not above the announced one, 没收 equals 违法所得.

Each side must state one sum only; with several the checker stays quiet.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts, place_of
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, found, matches_by_sentence
from reviewer.understanding.numerals import money


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    first: tuple[Regex, ...]  # with the group 额
    second: tuple[Regex, ...]  # with the group 额; this is the reported place
    relation: Literal["equal", "not_above"]  # second to first
    not_first: tuple[Regex, ...] = ()  # in the sentence of the first sum: it is about something else
    not_second: tuple[Regex, ...] = ()  # likewise for the second
    unless: tuple[Regex, ...] = ()  # anywhere in the text
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if any(found(p, draft) for p in options.unless):
        return
    firsts = list(_sums(draft, options.first, options.not_first))
    seconds = list(_sums(draft, options.second, options.not_second))
    if len({v for _, v in firsts}) != 1 or len({v for _, v in seconds}) != 1:
        return
    (before, wanted), (span, value) = firsts[0], seconds[0]
    broken = value != wanted if options.relation == "equal" else value > wanted
    if broken and in_parts(draft, span, ()):
        values = {"前": before.of(draft.text).strip(), "后": span.of(draft.text).strip()}
        because = f"“{values['前']}”是{wanted:,f}元，“{values['后']}”是{value:,f}元"
        yield Match(span, values, because, confidence=options.confidence)


def _sums(draft: Draft, patterns: tuple[str, ...], unless: tuple[str, ...]) -> Iterator[tuple[Span, Decimal]]:
    for pattern in patterns:
        for match in matches_by_sentence(pattern, draft):
            value = money(match["额"])
            sentence = draft.sentence_at(match.start())
            if value and not any(found(p, draft, sentence) for p in unless):
                yield place_of(match), value
