"""A period inside a set phrase (六十日内…申请行政复议) that is shorter or longer than the law says.

Unlike numeric_limit the phrase itself says which number counts: its group `期`. Days, months and years as there.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from reviewer.checkers.numeric_limit import DAYS, limit_of
from reviewer.checkers.pattern import Part, Scope, allowed, in_parts, place_of, scope_of, values_of
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, matches_by_sentence
from reviewer.understanding.dates import periods_in


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    any: tuple[Regex, ...]  # with the group 期
    at_most: str = ""  # 30日, 7工作日, 6个月
    at_least: str = ""
    needs: tuple[Regex, ...] = ()
    unless: tuple[Regex, ...] = ()
    scope: Scope = "sentence"  # where `needs` and `unless` look
    parts: tuple[Part, ...] = ()
    confidence: float = 0.9


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    taken: list[Span] = []
    for pattern in options.any:
        for match in matches_by_sentence(pattern, draft):
            span = place_of(match)
            value = days_of(match["期"])
            if value is None or not _breaks(value, options) or any(span.overlaps(t) for t in taken):
                continue
            around = scope_of(draft, span, options.scope)
            if not in_parts(draft, span, options.parts) or not allowed(draft, around, options.needs, options.unless):
                continue
            taken.append(span)
            values = values_of(match, draft)
            limit = f"不得少于{options.at_least}" if _short(value, options) else f"不得超过{options.at_most}"
            yield Match(span, values, f"所写期限为“{values['期']}”，{limit}", confidence=options.confidence)


def days_of(words: str) -> Decimal | None:
    """六十日 → 60, 7个工作日 → 9.8, 三个月 → 90; None when it is not a period."""
    compact = words.replace(" ", "")
    found = list(periods_in(compact + "内", ()))
    if len(found) != 1 or found[0].unit not in DAYS:
        return None
    return found[0].value * DAYS[found[0].unit]


def _breaks(value: Decimal, options: Options) -> bool:
    return _short(value, options) or (bool(options.at_most) and value > limit_of(options.at_most))


def _short(value: Decimal, options: Options) -> bool:
    return bool(options.at_least) and value < limit_of(options.at_least)
