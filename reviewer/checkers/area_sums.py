"""Areas that nearly, but not quite, add up to the whole: 征收土地42.4190公顷 of 28.3580公顷 and 14.0630公顷.

The whole stands before 其中 in its sentence, or closes the sentence before it, or stands in the words of `whole` before
a list of areas under a heading of `heading`. Only a difference of a few percent is told: a larger one means that the
parts are not all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled

_UNIT = r"万?平方米|平方公里|公顷|㎡|万?亩"
_AREA = compiled(rf"(?<![\d.])(?P<n>\d[\d,]{{0,12}}(?:\.\d{{1,6}})?)\s*(?P<unit>{_UNIT})(?![/\d])")
_OF_WHICH = compiled(r"(?:其中|分别(?:为|是)|包括)[,:]?")
_NOT_A_PART = compiled(r"(?:每|人均|不低于|不少于|不超过|以上|约|含|其中|共计?|合计|小计|总计|总)[^\d,;]{0,10}$")
_INNER = compiled(r"\([^()]{0,80}\)")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    whole: Regex = "(?:征收|征用|占用|收回|转用|批准|总)[^。；\\d]{0,24}$"  # words just before the whole
    heading: Regex = "面积"  # of the provision that lists the parts
    within: float = 0.05  # the largest difference, as a share of the whole
    confidence: float = 0.8


def literals(options: Options) -> frozenset[str]:
    return frozenset(("平方米", "平方公里", "公顷", "㎡", "亩"))


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    told = False
    done = -1
    for divided in _OF_WHICH.finditer(draft.folded):
        sentence = draft.sentence_at(divided.start())
        if sentence.start == done or not in_parts(draft, sentence, ()):
            continue
        done = sentence.start
        match = _in_sentence(draft, sentence, divided, options)
        if match is not None:
            told = True
            yield match
    if not told:
        yield from _listed(draft, options)


def _in_sentence(draft: Draft, sentence: Span, divided: re.Match[str], options: Options) -> Match | None:
    """The whole just before 其中 against the parts after it; what stands in brackets is left out."""
    raw = sentence.of(draft.folded)
    start, end = divided.start() - sentence.start, divided.end() - sentence.start
    bracket = next((m for m in _INNER.finditer(raw) if m.start() < start < m.end()), None)
    if bracket is not None:
        return _in_bracket(sentence, raw, bracket, end, options)
    text = _INNER.sub(lambda m: " " * len(m.group()), raw)
    before = list(_AREA.finditer(text, 0, start))
    if not text[:start].strip() and (whole := _closing(draft, sentence.start)) is not None:
        return _told(0, whole, _parts(text, end, whole["unit"]), options)
    if not before or start - before[-1].end() > 4:
        return None
    return _told(sentence.start, before[-1], _parts(text, end, before[-1]["unit"]), options)


def _in_bracket(sentence: Span, raw: str, bracket: re.Match[str], end: int, options: Options) -> Match | None:
    """The whole just before a bracket against the parts listed in it: 耕地860亩（其中水田620亩、旱地260亩）."""
    before = list(_AREA.finditer(raw, 0, bracket.start()))
    if not before or bracket.start() - before[-1].end() > 2:
        return None
    return _told(sentence.start, before[-1], _parts(raw[: bracket.end()], end, before[-1]["unit"]), options)


def _closing(draft: Draft, start: int) -> re.Match[str] | None:
    """The area that the sentence just before a place ends with: 面积合计412万平方米。其中…"""
    areas = list(_AREA.finditer(draft.folded, max(0, start - 40), start))
    return areas[-1] if areas and draft.folded[areas[-1].end() : start].strip() in ("", "。") else None


def _listed(draft: Draft, options: Options) -> Iterator[Match]:
    """The areas listed under a heading against the first whole that is named before them."""
    for provision in draft.provisions:
        text = provision.span.of(draft.folded)
        if not compiled(options.heading).search(text[:24]) or _OF_WHICH.search(text):
            continue
        for whole in _AREA.finditer(draft.folded, 0, provision.span.start):
            if not compiled(options.whole).search(draft.folded, max(0, whole.start() - 40), whole.start()):
                continue
            match = _told(0, whole, _parts(text, 0, whole["unit"]), options)
            if match is not None:
                yield match
            return


def _parts(text: str, start: int, unit: str) -> list[Decimal]:
    return [_value(m) for m in _AREA.finditer(text, start)
            if m["unit"] == unit and not _NOT_A_PART.search(text, max(start, m.start() - 14), m.start())]  # fmt: skip


def _told(at: int, whole: re.Match[str], parts: list[Decimal], options: Options) -> Match | None:
    value, total = _value(whole), sum(parts, Decimal(0))
    if len(parts) < 2 or total == value or abs(total - value) > value * Decimal(str(options.within)):
        return None
    if abs(total - value) <= _last_place(whole) * len(parts) / 2:
        return None  # rounding
    values = {"总数": whole.group(), "合计": f"{total.normalize():f}{whole['unit']}", "项数": str(len(parts))}
    because = f"总数{whole.group()}，所列{len(parts)}项合计{values['合计']}"
    return Match(Span(at + whole.start(), at + whole.end()), values, because, confidence=options.confidence)


def _value(match: re.Match[str]) -> Decimal:
    return Decimal(match["n"].replace(",", ""))


def _last_place(match: re.Match[str]) -> Decimal:
    """What one step in the last written digit is worth: 0.0001 of 42.4190."""
    return Decimal(1).scaleb(-len(match["n"].partition(".")[2]))
