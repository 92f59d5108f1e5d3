"""Patterns in a sentence, block, provision or the whole text, with signals that must or must not stand beside them.

A group `(?P<at>…)` is the reported place (else the whole match); other named groups fill {…} of the message.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import msgspec

from reviewer.domain import BlockKind, Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, can_match, compiled, found, hanging_on, matches, matches_by_sentence

Scope = Literal["sentence", "block", "provision", "document"]
Part = Literal["title", "head", "body", "signature", "attachments"]


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    any: tuple[Regex, ...]  # one of these is the sign
    needs: tuple[Regex, ...] = ()  # each must also be found in the scope: the second signal
    unless: tuple[Regex, ...] = ()  # none may be found in the scope
    scope: Scope = "sentence"  # where `needs` and `unless` look; matches cross sentences only in "document"
    parts: tuple[Part, ...] = ()  # only in these parts of the draft; empty: everywhere
    word: bool = False  # the place must begin and end at word boundaries
    once: bool = False  # only the first place
    confidence: float = 0.85


def literals(options: Options) -> frozenset[str] | None:
    """The literals of which any match needs one; None where a pattern promises none."""
    return hanging_on(options.any)


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """Places of one sentence are told in the words of the first of them, so that they are one finding."""
    told: dict[int, Match] = {}
    for match in sorted(_matches(draft, options, knowledge), key=lambda m: m.span):
        first = told.setdefault(draft.sentence_at(match.span.start).start, match)
        if first is match:
            yield match
        else:
            words = first.span.of(draft.text).strip()[:60]
            yield replace(match, values={"原文": words, **first.values}, because=first.because)


def _matches(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    taken: list[Span] = []
    for pattern in options.any:
        if not can_match(pattern, draft):
            continue
        source = matches(pattern, draft) if options.scope == "document" else matches_by_sentence(pattern, draft)
        for match in source:
            span = place_of(match)
            if any(span.overlaps(t) for t in taken) or not in_parts(draft, span, options.parts):
                continue
            around = scope_of(draft, span, options.scope)
            if not allowed(draft, around, options.needs, options.unless):
                if options.scope == "document":
                    return  # the same for every match
                continue
            if options.word and not knowledge.is_word(draft.text, span.start, span.end):
                continue
            taken.append(span)
            yield Match(span, values_of(match, draft), because_of(draft, span, around, options.needs),
                        confidence=options.confidence)  # fmt: skip
            if options.once:
                return


def place_of(match: re.Match[str]) -> Span:
    """The span of the group `at` where the pattern has one and it took part, else of the whole match."""
    if "at" in match.re.groupindex and match.start("at") >= 0:
        return Span(*match.span("at"))
    return Span(*match.span())


def values_of(match: re.Match[str], draft: Draft) -> dict[str, str]:
    """The named groups of a match as written in the draft, for the message."""
    return {
        name: draft.text[slice(*match.span(name))].strip()
        for name in match.re.groupindex
        if name != "at" and match.start(name) >= 0
    }


def scope_of(draft: Draft, span: Span, scope: Scope) -> Span:
    if scope == "document":
        return Span(0, len(draft.text))
    if scope == "provision" and (provision := draft.provision_at(span.start)) is not None:
        return provision.span
    if scope in ("block", "provision") and (block := draft.document.block_at(span.start)) is not None:
        return block.span
    return draft.sentence_at(span.start)


def allowed(draft: Draft, around: Span, needs: tuple[str, ...], unless: tuple[str, ...]) -> bool:
    return all(found(p, draft, around) for p in needs) and not any(found(p, draft, around) for p in unless)


def because_of(draft: Draft, span: Span, around: Span, needs: tuple[str, ...]) -> str:
    """What matched, in words: the place and the second signal beside it."""
    signals = [f"“{draft.text[span.start : span.end].strip()[:40]}”"]
    for pattern in needs:
        match = compiled(pattern).search(draft.folded, around.start, around.end)
        if match is not None and match.group().strip():
            signals.append(f"“{draft.text[slice(*match.span())].strip()[:20]}”")
    return "命中" + "，并有".join(signals)


_PARTS: dict[str, Callable[[Draft, Span], bool]] = {
    "title": lambda d, s: d.parts.title is not None and d.parts.title.overlaps(s),
    "head": lambda d, s: s.start < (d.parts.body.start if d.parts.body else 0),
    "body": lambda d, s: d.parts.body is None or d.parts.body.overlaps(s),
    "signature": lambda d, s: d.parts.signature is not None and d.parts.signature.overlaps(s),
    "attachments": lambda d, s: any(a.overlaps(s) for a in d.parts.attachments),
}


def in_parts(draft: Draft, span: Span, parts: tuple[Part, ...]) -> bool:
    block = draft.document.block_at(span.start)
    if block is not None and block.kind in (BlockKind.HEADER, BlockKind.FOOTER):
        return False
    return not parts or any(_PARTS[part](draft, span) for part in parts)


def is_taken(span: Span, taken: list[tuple[int, int]]) -> bool:
    """Whether a span overlaps one of those that were taken before: starts and ends in order, none in another."""
    at = bisect_left(taken, (span.start, span.end))
    return (at > 0 and taken[at - 1][1] > span.start) or (at < len(taken) and taken[at][0] < span.end)
