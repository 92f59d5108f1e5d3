"""An amount that is more than its lawful share of another: a bond of the budget, an addition of the first contract."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from reviewer.checkers.numeric_limit import limit_of
from reviewer.checkers.pattern import in_parts
from reviewer.domain import Amount, Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, can_match, candidate_sentences, compiled, found

_ROUNDING = Decimal("1.001")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    part: tuple[Regex, ...]  # names of the smaller amount, which follows its name
    whole: tuple[Regex, ...]  # names of the amount that it is a share of
    at_most: str  # 10%
    within: int = 14  # code points between a name and its amount
    unless: tuple[Regex, ...] = ()  # in the sentence of the part
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    parts = [p for p in _named(draft, options.part, options.within) if not _excluded(draft, p[0], options)]
    if not parts:
        return
    wholes = [a.value for _, a in _named(draft, options.whole, options.within)]
    if not wholes or max(wholes) <= 0:
        return
    whole = max(wholes)  # of several lots or years the largest: rather silent than wrong
    for span, amount in parts:
        if whole * limit_of(options.at_most) * _ROUNDING < amount.value < whole:
            share = (amount.value / whole * 100).quantize(Decimal("0.1")).normalize()
            values = {"值": amount.span.of(draft.text).strip(), "总额": _yuan(whole), "比例": f"{share:f}%"}
            because = f"“{span.of(draft.text).strip()}”占{values['总额']}的{values['比例']}，不得超过{options.at_most}"
            yield Match(span, values, because, confidence=options.confidence)


def _named(draft: Draft, names: tuple[str, ...], within: int) -> list[tuple[Span, Amount]]:
    """Amounts in 元 that follow one of the names in the same sentence, with the span of both."""
    amounts = [a for a in draft.facts.amounts if a.unit == "元"]
    out: dict[Span, tuple[Span, Amount]] = {}
    for pattern in names:
        if not amounts or not can_match(pattern, draft):
            continue
        for sentence in candidate_sentences(pattern, draft):
            for name in compiled(pattern).finditer(draft.folded, sentence.start, sentence.end):
                near = (a for a in amounts if 0 <= a.span.start - name.end() <= within and a.span.end <= sentence.end)
                amount = next(near, None)
                if amount is not None and in_parts(draft, amount.span, ()):
                    out.setdefault(amount.span, (Span(name.start(), amount.span.end), amount))
    return sorted(out.values(), key=lambda pair: pair[0])


def _excluded(draft: Draft, span: Span, options: Options) -> bool:
    return any(found(p, draft, draft.sentence_at(span.start)) for p in options.unless)


def _yuan(value: Decimal) -> str:
    if value >= 10000:
        return f"{(value / 10000).normalize():f}万元"
    return f"{value.normalize():f}元"
