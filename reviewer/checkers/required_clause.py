"""A clause or element that the type of document calls for and that no wording, heading, annex or reference supplies."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from reviewer.domain import BlockKind, Draft, Match, Span
from reviewer.lexicon import Clause, Knowledge
from reviewer.patterns import Regex, compiled, found

_OPENING = 12  # code points: the number and heading of a provision


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    clause: str  # a key of lexicons/clauses
    unless: tuple[Regex, ...] = ()  # words anywhere that make it unnecessary
    probability: float = 0.5  # of the classifier, from which a kind counts as present
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    clause = knowledge.lexicon.clauses[options.clause]
    if supplied(draft, clause) or any(found(p, draft) for p in options.unless):
        return
    if any(k.kind in clause.kinds and k.probability >= options.probability for k in draft.clause_kinds):
        return
    place = place_after(draft, clause)
    because = f"全文没有出现“{clause.name}”的标题或表述，也没有指向附件或其他文件的约定"
    values = {"要素": clause.name, "示范条款": clause.model}
    yield Match(place, values, because, confidence=options.confidence, clause=clause.key)


def supplied(draft: Draft, clause: Clause) -> bool:
    """Do words, a heading or a reference to another document supply the clause?"""
    if any(found(p, draft) for p in (*clause.words, *clause.elsewhere)):
        return True
    headings = [p.heading for p in draft.articles if p.heading]
    headings += [b.span.of(draft.folded) for b in draft.document.blocks if b.kind == BlockKind.HEADING]
    return any(compiled(p).search(h) for p in clause.headings for h in headings)


def place_after(draft: Draft, clause: Clause) -> Span:
    """The line after which the clause belongs: after its named neighbour, else the last line of the body.

    A neighbour is known by the opening words of a provision, else by the beginning of a line before the first
    provision, else by any words of a provision.
    """
    openings = [Span(p.span.start, min(p.span.end, p.span.start + _OPENING)) for p in draft.provisions]
    if at := _last_match(draft, clause, openings):
        return _last_line(draft, draft.provisions[openings.index(at)].span)
    first = draft.provisions[0].span.start if draft.provisions else 0
    for pattern in clause.after:
        if heads := [s for s in draft.sentences if s.end <= first and compiled(pattern).match(draft.folded, s.start)]:
            return heads[-1]
    if at := _last_match(draft, clause, [p.span for p in draft.provisions]):
        return _last_line(draft, at)
    if draft.provisions:
        return _last_line(draft, draft.provisions[-1].span)
    body = draft.parts.body or Span(0, len(draft.text))
    return _last_line(draft, body)


def _last_match(draft: Draft, clause: Clause, places: list[Span]) -> Span | None:
    """The last place with the first of the clause's neighbours that is in any of them."""
    for pattern in clause.after:
        regex = compiled(pattern)
        if ends := [s for s in places if regex.search(draft.folded, s.start, s.end)]:
            return ends[-1]
    return None


def _last_line(draft: Draft, span: Span) -> Span:
    inside = [s for s in draft.sentences if span.start <= s.start < span.end]
    return inside[-1] if inside else Span(span.start, min(span.end, span.start + 1))
