"""Places in one version of a text → the same places in the next, with how the passage stands there.

A passage is KEPT only where its very words are found in the paragraph that is certainly the same one (or, in a sentence
that occurs once in both, anywhere). Everything else is shown to a person: CHANGED with before and after, GONE, UNSURE.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain import Span
from reviewer.office.alignment import Alignment, Version, align, key, label_length

UNMISTAKABLE = 10  # characters of a sentence that occurs once on both sides, to be believed without its paragraph
LOST = 75.0  # of 100: a sentence that is less like what stands in its place may have gone elsewhere
TOGETHER = 2  # an unchanged island of at most so many characters inside a change is part of the change


_ENDS = "。；！？\n"
_TELLING = frozenset("零〇一二两三四五六七八九十百千万亿0123456789.%％不无非未")


class Standing(StrEnum):
    KEPT = "kept"
    CHANGED = "changed"
    GONE = "gone"
    UNSURE = "unsure"


STANDING_NAMES = {
    Standing.KEPT: "原文未改", Standing.CHANGED: "原文有改动", Standing.GONE: "原文已删除",
    Standing.UNSURE: "需人工定位",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a passage of the old text is in the new one; `span` None when it is gone or in doubt.

    `before` and `after` are the whole paragraphs, for a person to compare.
    """

    standing: Standing
    span: Span | None
    before: str
    after: str


def carry(old: Version, new: Version, spans: Iterable[Span]) -> tuple[Carried, ...]:
    """The places of the old text in the new one, in the order given."""
    aligned = align(old, new)
    return tuple(_carry(old, new, aligned, span) for span in spans)


def _carry(old: Version, new: Version, aligned: Alignment, span: Span) -> Carried:
    pairs = aligned.pairs
    if not old.units or not new.units:
        return Carried(Standing.UNSURE, None, span.of(old.text), "")
    if 5 * len(span) >= 4 * len(old.text):  # about the whole text
        kept = old.keys == new.keys
        return Carried(Standing.KEPT if kept else Standing.CHANGED, Span(0, len(new.text)), "", "")
    first = old.unit_at(span.start) or 0
    last = old.unit_at(max(span.start, span.end - 1)) or 0
    before = old.text[old.units[first].span.start : old.units[last].span.end]
    found = _in_pair(old, new, pairs, span, first) if first == last else _across(old, new, pairs, span, first, last)
    doubtful = first in aligned.alone or last in aligned.alone
    if found is not None and found.standing is Standing.KEPT and not doubtful:
        return found
    sentence = _sentences(old.text, span)
    elsewhere = _unmistakable(old, new, sentence, span)
    if elsewhere is not None:
        return Carried(Standing.KEPT, elsewhere, before, _paragraphs(new, elsewhere))
    found = found or _lost(old, new, pairs, first, last, before)
    if doubtful:
        return Carried(Standing.UNSURE, None, before, found.after)
    if found.standing in (Standing.GONE, Standing.CHANGED) and _rather_elsewhere(new, sentence.of(old.text), found):
        return Carried(Standing.UNSURE, None, before, found.after)
    return found


def _paragraphs(version: Version, span: Span) -> str:
    first, last = version.unit_at(span.start), version.unit_at(max(span.start, span.end - 1))
    return version.text[version.units[first or 0].span.start : version.units[last or 0].span.end]


def _in_pair(old: Version, new: Version, pairs: Mapping[int, int], span: Span, i: int) -> Carried | None:
    """A passage inside one paragraph whose partner is known."""
    j = pairs.get(i)
    if j is None:
        return None
    ours, theirs = old.units[i].span, new.units[j].span
    before, after = ours.of(old.text), theirs.of(new.text)
    own = Span(max(0, span.start - ours.start), min(len(before), span.end - ours.start))
    mapped = map_span(before, after, own)
    if own.start <= label_length(before) and not own.of(before)[label_length(before) - own.start :].strip():
        mapped = Span(0, max(1, label_length(after)))  # the number in front is the passage
    placed = Span(theirs.start + mapped.start, theirs.start + mapped.end)
    if len(own) == 0:
        return Carried(Standing.KEPT if old.keys[i] == new.keys[j] else Standing.CHANGED, placed, before, after)
    if _same(before, own, after, mapped):
        return Carried(Standing.CHANGED if _other_sense(before, own, after, mapped) else Standing.KEPT, placed,
                       before, after)  # fmt: skip
    passage = own.of(before)
    if before.count(passage) == 1 == after.count(passage) and len(passage.strip()) > 1:
        at = Span(after.index(passage), after.index(passage) + len(passage))
        sense = _other_sense(before, own, after, at)
        placed = Span(theirs.start + at.start, theirs.start + at.end)
        return Carried(Standing.CHANGED if sense else Standing.KEPT, placed, before, after)
    if not placed.of(new.text).strip():
        return Carried(Standing.GONE, None, before, after)
    return Carried(Standing.CHANGED, placed, before, after)


def _same(before: str, own: Span, after: str, mapped: Span) -> bool:
    """The same words, whatever number stands in front of them and however they are spaced."""
    ours, theirs = own.of(before), mapped.of(after)
    if own.start < label_length(before) and mapped.start <= label_length(after):
        return key(ours) == key(theirs)
    return "".join(ours.split()) == "".join(theirs.split()) != ""


def _other_sense(before: str, own: Span, after: str, mapped: Span) -> bool:
    """Was a number or a negation put right before or after the same words (十日内 → 九十日内, 得 → 不得)?"""
    ours = before[max(0, own.start - 1) : own.start], before[own.end : own.end + 1]
    theirs = after[max(0, mapped.start - 1) : mapped.start], after[mapped.end : mapped.end + 1]
    return any(a != b and (set(a) | set(b)) & _TELLING for a, b in zip(ours, theirs, strict=True))


def _across(
    old: Version, new: Version, pairs: Mapping[int, int], span: Span, first: int, last: int
) -> Carried | None:
    """A passage over several paragraphs: from the first to the last that is found again, when they still follow."""
    found = [(i, pairs[i]) for i in range(first, last + 1) if i in pairs]
    places = [j for _, j in found]
    if not found or places != sorted(places) or places[-1] - places[0] > 2 * (last - first) + 1:
        return None
    ends = []
    for i, j in (found[0], found[-1]):
        ours, theirs = old.units[i].span, new.units[j].span
        own = Span(max(span.start, ours.start) - ours.start, min(span.end, ours.end) - ours.start)
        mapped = map_span(ours.of(old.text), theirs.of(new.text), own)
        ends.append(Span(theirs.start + mapped.start, theirs.start + mapped.end))
    placed = Span(ends[0].start, max(ends[0].end, ends[-1].end))
    before = old.text[old.units[first].span.start : old.units[last].span.end]
    kept = _lines(span.of(old.text)) == _lines(placed.of(new.text)) and len(found) == last - first + 1
    return Carried(Standing.KEPT if kept else Standing.CHANGED, placed, before, _paragraphs(new, placed))


def _lines(text: str) -> list[str]:
    return [own for line in text.split("\n") if (own := key(line))]


def _sentences(text: str, span: Span) -> Span:
    """The sentences that a passage stands in, without the number of their paragraph."""
    start = max((text.rfind(c, 0, span.start) for c in _ENDS), default=-1) + 1
    stops = [at for c in _ENDS if (at := text.find(c, max(span.start, span.end - 1))) >= 0]
    end = min(stops, default=len(text) - 1)
    end = end if text[end : end + 1] == "\n" else end + 1
    start += label_length(text[start:end])
    return Span(min(start, span.start), max(end, span.end))


def _unmistakable(old: Version, new: Version, sentence: Span, span: Span) -> Span | None:
    """A sentence that occurs once in either text: it was moved, or its paragraph was split or joined."""
    words = sentence.of(old.text)
    if len(key(words)) < UNMISTAKABLE or not (old.text.count(words) == 1 == new.text.count(words)):
        return None
    at = new.text.index(words) - sentence.start
    return Span(span.start + at, span.end + at)


def _rather_elsewhere(new: Version, sentence: str, found: Carried) -> bool:
    """Is something much more like the sentence to be read in another place than where it was looked for?"""
    from rapidfuzz import fuzz

    if len(sentence) < 6:
        return sentence in new.text and sentence not in found.after
    here = fuzz.partial_ratio(sentence, found.after) if found.after else 0.0
    return here < LOST and fuzz.partial_ratio(sentence, new.text, score_cutoff=max(here + 5, LOST)) > 0


def _lost(old: Version, new: Version, pairs: Mapping[int, int], first: int, last: int, before: str) -> Carried:
    """GONE when the paragraphs around stand together again and nothing came between; else UNSURE."""
    left = next((i for i in range(first - 1, max(-1, first - 4), -1) if i in pairs), None)
    right = next((i for i in range(last + 1, min(len(old.units), last + 4)) if i in pairs), None)
    if left is None and right is None:
        return Carried(Standing.UNSURE, None, before, "")
    low = pairs[left] + 1 if left is not None else 0
    high = pairs[right] if right is not None else len(new.units)
    taken = set(pairs.values())
    between = [j for j in range(low, high) if j not in taken] if high - low <= 6 else None
    if between == []:
        return Carried(Standing.GONE, None, before, "")
    after = "\n".join(new.units[j].span.of(new.text) for j in between or ())
    return Carried(Standing.UNSURE, None, before, after)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of two texts: equal, or changed from `old` to `new` (either may be empty)."""

    equal: bool
    old: Span
    new: Span


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The runs of two paragraphs; small equal islands inside a change belong to it."""
    from rapidfuzz.distance import Indel

    found: list[Piece] = []
    for op in Indel.opcodes(before, after):
        piece = Piece(op.tag == "equal", Span(op.src_start, op.src_end), Span(op.dest_start, op.dest_end))
        if found and not piece.equal and not found[-1].equal:
            found[-1] = _joined(found[-1], piece)
        else:
            found.append(piece)
    merged: list[Piece] = []
    for n, piece in enumerate(found):
        island = piece.equal and 0 < n < len(found) - 1 and len(piece.old) <= TOGETHER
        if merged and not merged[-1].equal and (island or not piece.equal):
            merged[-1] = _joined(merged[-1], piece)
        else:
            merged.append(piece)
    return tuple(merged)


def _joined(a: Piece, b: Piece) -> Piece:
    return Piece(False, Span(a.old.start, b.old.end), Span(a.new.start, b.new.end))


def map_span(before: str, after: str, span: Span) -> Span:
    """Where a run of one paragraph is in its other wording (empty when it was taken out)."""
    if before == after:
        return span
    starts: list[int] = []
    ends: list[int] = []
    for piece in pieces(before, after):
        common = Span(max(piece.old.start, span.start), min(piece.old.end, span.end))
        if common.start < common.end:
            if piece.equal:
                starts.append(piece.new.start + common.start - piece.old.start)
                ends.append(piece.new.start + common.end - piece.old.start)
            else:
                starts.append(piece.new.start)
                ends.append(piece.new.end)
        elif len(piece.old) == 0 and span.start < piece.old.start < span.end:
            starts.append(piece.new.start)
            ends.append(piece.new.end)
    if starts:
        return Span(min(starts), max(ends))
    at = min(span.start, len(after))
    return Span(at, at)
