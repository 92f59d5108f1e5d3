"""Where one thing is said, another must be said too, in the same provision or anywhere in the text."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from reviewer.checkers.contract_papers import is_supplement
from reviewer.checkers.pattern import Part, Scope, in_parts, place_of, scope_of, values_of
from reviewer.domain import Draft, Match
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, found, hanging_on, matches_by_sentence


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    sign: tuple[Regex, ...]  # the thing that is said
    counterpart: tuple[Regex, ...]  # one of these must be found in the scope
    name: str  # what is missing, for the reason
    scope: Scope = "document"
    unless: tuple[Regex, ...] = ()  # in the sentence of the sign
    parts: tuple[Part, ...] = ()
    once: bool = True
    in_supplements: bool = False  # also asked of an agreement that supplements another
    confidence: float = 0.75


def literals(options: Options) -> frozenset[str] | None:
    """The literals of which any match needs one; None where a sign promises none."""
    return hanging_on(options.sign)


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if options.scope == "document" and not options.in_supplements and is_supplement(draft):
        return  # what a supplement does not say stands in the contract that it supplements
    for sign in options.sign:
        for match in matches_by_sentence(sign, draft):
            span = place_of(match)
            if not in_parts(draft, span, options.parts):
                continue
            if any(found(p, draft, draft.sentence_at(span.start)) for p in options.unless):
                continue
            around = scope_of(draft, span, options.scope)
            if any(found(p, draft, around) for p in options.counterpart):
                if options.scope == "document":
                    return  # what the text says anywhere it says for every sign
                continue
            where = "全文" if options.scope == "document" else "同一条"
            because = f"有“{span.of(draft.text).strip()[:30]}”，{where}没有找到{options.name}"
            yield Match(span, values_of(match, draft), because, confidence=options.confidence)
            if options.once:
                return
