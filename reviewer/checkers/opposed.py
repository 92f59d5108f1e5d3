"""Two statements of one document that exclude each other: a fixed price that is also adjusted, 不得分包 and 可以分包.

The patterns of `one` and `other` go together by their places in the lists; where both have the group 名, it must be
the same word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts, place_of
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, can_match, found, matches_by_sentence


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    one: tuple[Regex, ...]
    other: tuple[Regex, ...]  # as many as `one`: the first excludes the first, and so on
    unless: tuple[Regex, ...] = ()  # in the sentence of either: it says when, or is about something else
    report: int = 2  # which of the two is the reported place
    confidence: float = 0.78


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    for one, other in zip(options.one, options.other, strict=True):
        if not (can_match(one, draft) and can_match(other, draft)):
            continue
        seconds = list(_said(draft, other, options))
        pair = next(((a, b) for a in _said(draft, one, options) for b in seconds if _exclude(draft, a, b)), None)
        if pair is None:
            continue
        places = [place_of(m) for m in pair]
        first, second = (p.of(draft.text).strip() for p in places)
        values = {"前": first[:60], "后": second[:60], "名称": pair[1].groupdict().get("名") or "",
                  "前处": draft.where(places[0].start), "后处": draft.where(places[1].start)}  # fmt: skip
        because = f"{values['前处']}写“{values['前']}”，{values['后处']}写“{values['后']}”"
        yield Match(places[options.report - 1], values, because, confidence=options.confidence)
        return


def _said(draft: Draft, pattern: str, options: Options) -> Iterator[re.Match[str]]:
    for match in matches_by_sentence(pattern, draft):
        sentence = draft.sentence_at(match.start())
        if in_parts(draft, Span(*match.span()), ()) and not any(found(p, draft, sentence) for p in options.unless):
            yield match


def _exclude(draft: Draft, one: re.Match[str], other: re.Match[str]) -> bool:
    """In two sentences of the contract itself or of one annex, and about the same thing where both name it."""
    annexes = [next((a for a in draft.parts.attachments if a.start <= m.start() < a.end), None) for m in (one, other)]
    if annexes[0] != annexes[1]:
        return False
    if draft.sentence_at(one.start()) == draft.sentence_at(other.start()):
        return False
    a, b = one.groupdict().get("名"), other.groupdict().get("名")
    return a is None or b is None or a == b
