"""Abbreviations that the draft defines: never used, or defined again for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import DefinedTerm, Draft, Match, fold
from reviewer.lexicon import Knowledge

_OF_EVERY_TEXT = re.compile(r"[甲乙丙丁戊]\d?方|甲乙方|[买卖供需]方|本办法|本?合同|本?协议|双方|.*[_×xX]{2,}.*|.*\d方")

_ALTERNATIVES = re.compile(r"或者?|、|/")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["unused", "twice"]
    least_characters: int = 120  # of a text in which a term could have been used
    confidence: float = 0.75


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    terms = [t for t in draft.facts.terms if in_parts(draft, t.span, ()) and len(t.term.strip("《》“”\" ")) >= 2]
    if options.look == "twice":
        yield from _twice(draft, terms, options)
        return
    if len(draft.text) < options.least_characters:
        return
    unused = [t for t in terms if not _OF_EVERY_TEXT.fullmatch(_plain(t.term)) and not _used(draft, t, _plain(t.term))]
    names = "、".join(f"“{_plain(t.term)}”" for t in unused)
    for term in unused:
        yield Match(term.span, {"简称": names}, f"“{_plain(term.term)}”定义后没有再出现", confidence=options.confidence)


def _used(draft: Draft, term: DefinedTerm, word: str) -> bool:
    text = re.sub(r"\s", "", draft.folded[term.span.end :])
    earlier = re.sub(r"\s", "", draft.folded[: term.span.start])
    defining = earlier.rfind(_plain(term.stands_for)) if term.stands_for else -1
    before = earlier[:defining] if defining >= 0 else earlier
    return any(name in text or name in before for name in _ALTERNATIVES.split(fold(word)))


def _twice(draft: Draft, terms: list[DefinedTerm], options: Options) -> Iterator[Match]:
    for first, second in combinations(terms, 2):
        word = _plain(first.term)
        if word != _plain(second.term) or _OF_EVERY_TEXT.fullmatch(word):
            continue
        if _attached(draft, second) != _attached(draft, first):
            continue
        a, b = _plain(first.stands_for), _plain(second.stands_for)
        if a and b and a != b and not a.endswith(b) and not b.endswith(a):
            values = {"简称": word, "前": first.stands_for.strip(), "后": second.stands_for.strip()}
            because = f"前文“{word}”指“{values['前']}”，此处指“{values['后']}”"
            yield Match(second.span, values, because, confidence=options.confidence)


def _attached(draft: Draft, term: DefinedTerm) -> int:
    """Which attachment a term stands in: each may define its own."""
    return next((n for n, a in enumerate(draft.parts.attachments, 1) if a.overlaps(term.span)), 0)


def _plain(words: str) -> str:
    return re.sub(r"[\s“”\"'‘’.．。]", "", words.translate({0xFF08: "(", 0xFF09: ")"}))
