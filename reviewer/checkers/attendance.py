"""How many of how many: 应到9人，实到4人 below the share that a meeting or a vote needs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import msgspec

from reviewer.checkers.pattern import in_parts, place_of, values_of
from reviewer.domain import Draft, Match
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, matches_by_sentence
from reviewer.understanding.numerals import to_int


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    any: tuple[Regex, ...]  # with the groups 全 and 到
    above: str  # the share that must be exceeded: 1/2
    confidence: float = 0.9


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    share = Fraction(options.above)
    for pattern in options.any:
        for match in matches_by_sentence(pattern, draft):
            whole, there = to_int(match["全"]), to_int(match["到"])
            span = place_of(match)
            if not whole or there is None or there > whole or there > whole * share or not in_parts(draft, span, ()):
                continue
            because = f"应到{whole}人，实到{there}人，没有超过{options.above}"
            yield Match(span, values_of(match, draft), because, confidence=options.confidence)
