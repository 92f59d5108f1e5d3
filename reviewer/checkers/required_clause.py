"""A clause or element that the type of document calls for and that no wording, heading, annex or reference supplies."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from reviewer.checkers.contract_papers import UNDER_ANOTHER, conditions_elsewhere, is_supplement, no_contract
from reviewer.domain import BlockKind, ClauseKind, Draft, Line, Match, Span
from reviewer.lexicon import Clause, Knowledge
from reviewer.patterns import Regex, compiled, found

PATTERNS = (UNDER_ANOTHER,)
_OPENING = 12  # code points: the number and heading of a provision
_ALWAYS = ("signature", "parties")
_IN_AGREEMENT = (*_ALWAYS, "price", "term", "subject", "quality")
"""What the agreement itself says, though general conditions go with it."""
_ROLES = (
    ("发包人", "承包人"), ("发包方", "承包方"), ("采购人", "供应商"), ("买方", "卖方"), ("需方", "供方"),
    ("买受人", "出卖人"), ("委托人", "受托人"), ("委托方", "受托方"), ("承租方", "出租方"), ("承租人", "出租人"),
    ("定作方", "承揽方"), ("定作人", "承揽人"), ("托运人", "承运人"), ("托运方", "承运方"), ("存货方", "保管方"),
    ("存货人", "保管人"), ("受让方", "转让方"), ("受让人", "转让人"), ("贷款人", "借款人"), ("贷款方", "借款方"),
)  # fmt: skip
_EXEMPTION = compiled(r"不(?:再)?承担|不负|概不|免除|免于|免受")
_CONSEQUENCE = compiled(r"违约金|赔偿|偿付|补偿|罚|(?<!不)(?<!不再)承担|(?<!不)负责")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    clause: str  # a key of lexicons/clauses
    unless: tuple[Regex, ...] = ()  # words anywhere that make it unnecessary
    probability: float = 0.9  # of the classifier, from which a kind counts as present: there 19 of 20 are right
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    clause = knowledge.lexicon.clauses[options.clause]
    if supplied(draft, clause) or any(found(p, draft) for p in options.unless):
        return
    if draft.line is Line.CONTRACT and _said_elsewhere(draft, clause):
        return
    nearest = nearest_clause(draft, clause, knowledge)
    if nearest is not None and nearest.probability >= options.probability:
        return
    place = place_after(draft, clause)
    because = f"全文没有出现“{clause.name}”的标题或表述，也没有指向附件或其他文件的约定"
    if nearest is not None and knowledge.clause_words is not None:
        words = "、".join(f"“{w}”" for w in knowledge.clause_words(draft, nearest))
        because += f"；最接近的是{draft.where(nearest.span.start)}（{words}），但不足以认定"
    values = {"要素": clause.name, "示范条款": in_their_names(draft, clause.model)}
    yield Match(place, values, because, confidence=options.confidence, clause=clause.key)


def _said_elsewhere(draft: Draft, clause: Clause) -> bool:
    """Is the text no whole contract: a form, an order under a contract, a supplement, or an agreement beside others?"""
    if no_contract(draft) or found(UNDER_ANOTHER, draft):
        return True
    if clause.key not in _ALWAYS and is_supplement(draft):
        return True
    return clause.key not in _IN_AGREEMENT and conditions_elsewhere(draft)


def in_their_names(draft: Draft, model: str) -> str:
    """A model that says 甲方 and 乙方 in the names that the text gives to who pays and to who performs."""
    text = draft.folded
    if "甲方" in text or "乙方" in text:
        return model
    pair = next((p for p in _ROLES if all(role in text for role in p)), None)
    return model if pair is None else model.replace("甲方", pair[0]).replace("乙方", pair[1])


def nearest_clause(draft: Draft, clause: Clause, knowledge: Knowledge) -> ClauseKind | None:
    """What the trained classifier takes most for the clause, though no word or heading says so.

    It is asked only about the kinds that the lexicon lists for the clause: those that it knows well.
    """
    if not clause.kinds or draft.line is not Line.CONTRACT or knowledge.clause_kinds is None:
        return None
    same = (k for k in knowledge.clause_kinds(draft) if k.kind in clause.kinds and not _only_exempts(draft, k))
    return max(same, key=lambda k: k.probability, default=None)


def _only_exempts(draft: Draft, found_kind: ClauseKind) -> bool:
    """Whether a provision on liability says only that somebody bears none, not what follows from a breach."""
    words = found_kind.span.of(draft.folded)
    return found_kind.kind == "liability" and bool(_EXEMPTION.search(words)) and not _CONSEQUENCE.search(words)


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
