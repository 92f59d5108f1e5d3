"""Abbreviations that the draft defines: never used, or defined again for something else."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import DefinedTerm, Draft, Match, fold
from reviewer.lexicon import Knowledge

_OF_EVERY_TEXT = re.compile(r"[甲乙丙丁戊]\d?方|甲乙方|[买卖供需]方|本办法|本?合同|本?协议|双方|.*[_×xX]{2,}.*|.*\d方")

_ALTERNATIVES = re.compile(r"或者?|、|/")
_FULL_NAME = re.compile(r"中华人民共和国.")  # a half bracket made the next title look like an abbreviation
_OR = re.compile(r"[”\"]?\s*[、,]?\s*或")  # 以下简称接受方、或甲方: one of several names will do


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
    terms = [t for t in terms if not _FULL_NAME.match(_plain(t.term)) and not _OR.match(draft.folded, t.span.end)]
    unused = [t for t in terms if not _OF_EVERY_TEXT.fullmatch(_plain(t.term)) and not _used(draft, t, _plain(t.term))]
    names = "、".join(f"“{_plain(t.term)}”" for t in unused)
    for term in unused:
        yield Match(term.span, {"简称": names}, f"“{_plain(term.term)}”定义后没有再出现", confidence=options.confidence)


def _used(draft: Draft, term: DefinedTerm, word: str) -> bool:
    text, spaces = draft.once("text without spaces", lambda: _squeezed(draft.folded))
    start, end = (at - bisect_left(spaces, at) for at in (term.span.start, term.span.end))
    defining = text.rfind(_plain(term.stands_for), 0, start) if term.stands_for else -1
    before = defining if defining >= 0 else start
    names = _ALTERNATIVES.split(fold(word))
    return any(text.find(name, end) >= 0 or text.find(name, 0, before) >= 0 for name in names)


def _squeezed(folded: str) -> tuple[str, list[int]]:
    """The text without white space, and where that stood."""
    return re.sub(r"\s", "", folded), [m.start() for m in re.finditer(r"\s", folded)]


def _twice(draft: Draft, terms: list[DefinedTerm], options: Options) -> Iterator[Match]:
    known: dict[tuple[str, int], dict[str, DefinedTerm]] = {}  # word and place → its meanings so far
    for second in terms:
        word, b = _plain(second.term), _plain(second.stands_for)
        if not b or _OF_EVERY_TEXT.fullmatch(word):
            continue
        meanings = known.setdefault((word, _attached(draft, second)), {})
        for a, first in meanings.items():
            if a != b and not a.endswith(b) and not b.endswith(a):
                values = {"简称": word, "前": first.stands_for.strip(), "后": second.stands_for.strip()}
                because = f"前文“{word}”指“{values['前']}”，此处指“{values['后']}”"
                yield Match(second.span, values, because, confidence=options.confidence)
        meanings.setdefault(b, second)


def _attached(draft: Draft, term: DefinedTerm) -> int:
    """Which attachment a term stands in: each may define its own."""
    return next((n for n, a in enumerate(draft.parts.attachments, 1) if a.overlaps(term.span)), 0)


def _plain(words: str) -> str:
    return re.sub(r"[\s“”\"'‘’.．。]", "", words.translate({0xFF08: "(", 0xFF09: ")"}))
