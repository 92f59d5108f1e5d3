"""Two versions of a text → which paragraph of the one is which paragraph of the other, as far as that is certain.

Unique paragraphs are found wherever they went; repeated ones are told apart by their neighbours and their clause;
reworded ones by likeness, and only when no other is nearly as like. What stays unmatched was inserted, deleted or is
in doubt: nothing is guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from reviewer.domain import Draft, Span, fold

LIKE_ENOUGH = 75.0  # of 100, for a reworded paragraph that nothing else speaks for
LIKE_ALONE = 85.0  # below it, one agreeing neighbour is not enough to say that a passage was left as it is
LIKE_IN_PLACE = 45.0  # where the paragraphs around it or its clause are the same
CONTEXT = 10.0  # what a paragraph before, a paragraph after and the clause each add
MARGIN = 6.0  # by how much the best must be better than the second
MOST_PAIRS = 600_000
_LABEL = re.compile(
    r"\s*(?:第[零〇一二三四五六七八九十百千\d]+[编章节条款项]|[（(][一二三四五六七八九十百\d]{1,4}[)）]|[一二三四五六七八九十百]{1,4}、"
    r"|\d{1,3}(?:[.．]\d{1,3})+[.．、]?|\d{1,3}[.．、)）](?!\d)|[①-⑳])[\s、.．:：]*"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph or table cell; `parent` is the unit that its clause begins with, None for top-level text."""

    span: Span
    parent: int | None = None


@dataclass(frozen=True)
class Version:
    """A text cut into units, which follow each other."""

    text: str
    units: tuple[Unit, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What is compared of each unit: no number in front, no spaces, full-width ASCII folded."""
        return tuple(key(u.span.of(self.text)) for u in self.units)

    @cached_property
    def _starts(self) -> list[int]:
        return [u.span.start for u in self.units]

    def unit_at(self, offset: int) -> int | None:
        """The unit that an offset stands in or right after."""
        found = bisect_right(self._starts, offset) - 1
        return found if found >= 0 else None


def key(text: str) -> str:
    """The words of a paragraph without its number (第十二条, 3.1, （一）) and its spaces."""
    return "".join(fold(text[label_length(text) :]).split())


def label_length(text: str) -> int:
    found = _LABEL.match(text)
    return found.end() if found and found.end() < len(text) else 0


def version_of(draft: Draft) -> Version:
    """The units of a draft: its blocks, each under the clause that it stands in."""
    text = draft.text
    spans = [b.span for b in draft.document.blocks if b.span.of(text).strip()]
    return Version(text, tuple(Unit(s, p) for s, p in zip(spans, _parents(draft, spans), strict=True)))


def plain_version(text: str) -> Version:
    """The units of a text without structure: its lines."""
    units, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            units.append(Unit(Span(at, at + len(line))))
        at += len(line) + 1
    return Version(text, tuple(units))


def _parents(draft: Draft, spans: Sequence[Span]) -> list[int | None]:
    """The first unit of the innermost clause of each unit; of the clause around it for a clause's own first unit."""
    starts = [s.start for s in spans]
    parents: list[int | None] = [None] * len(spans)
    for provision in draft.articles:  # parents before children: the innermost is written last
        first = bisect_right(starts, provision.span.start) - 1
        last = bisect_right(starts, max(provision.span.start, provision.span.end - 1)) - 1
        for i in range(max(first, 0) + 1, last + 1):
            parents[i] = max(first, 0)
    return parents


@dataclass
class _Work:
    """The matches found so far, both ways."""

    old: Version
    new: Version
    forth: dict[int, int] = field(default_factory=dict)
    back: dict[int, int] = field(default_factory=dict)

    def match(self, i: int, j: int) -> None:
        self.forth[i], self.back[j] = j, i

    def context(self, i: int, j: int) -> int:
        """How many of the paragraph before, the one after and the clause agree (0 to 3)."""
        before = j - 1 == self.forth.get(i - 1, -2) if i else j == 0
        after = j + 1 == self.forth.get(i + 1, -2)
        parent, other = self.old.units[i].parent, self.new.units[j].parent
        return before + after + (parent is not None and other is not None and self.forth.get(parent) == other)


@dataclass(frozen=True)
class Alignment:
    """Old unit → new unit, none used twice. `alone`: old units whose partner stands among strangers."""

    pairs: Mapping[int, int]
    alone: frozenset[int]


def align(old: Version, new: Version) -> Alignment:
    """Which unit of the new version each unit of the old one has become, as far as that can be told."""
    work = _Work(old, new)
    _unique(work)
    for _ in range(4):
        if not _repeated(work):
            break
    _by_rank(work)
    _reworded(work)
    while _repeated(work):
        pass
    before, after = Counter(old.keys), Counter(new.keys)
    fewer = {own for own, n in before.items() if n > 1 and after[own] != n}
    return Alignment(work.forth, frozenset(i for i, j in work.forth.items() if _alone(work, i, j, fewer)))


def _alone(work: _Work, i: int, j: int, fewer: Collection[str]) -> bool:
    """`fewer`: repeated paragraphs of which some came or went, so that one may stand where another stood."""
    from rapidfuzz import fuzz

    ours, theirs, context = work.old.keys[i], work.new.keys[j], work.context(i, j)
    if ours == theirs:
        return ours in fewer and context < 2
    return context == 0 or (context == 1 and fuzz.ratio(ours, theirs) < LIKE_ALONE)


def _groups(keys: Sequence[str], taken: Iterable[int]) -> dict[str, list[int]]:
    used, groups = set(taken), defaultdict(list)
    for i, own in enumerate(keys):
        if own and i not in used:
            groups[own].append(i)
    return groups


def _unique(work: _Work) -> None:
    """Paragraphs that occur once on either side."""
    ours, theirs = _groups(work.old.keys, ()), _groups(work.new.keys, ())
    for own, places in ours.items():
        if len(own) >= 4 and len(places) == 1 and len(theirs.get(own, ())) == 1:
            work.match(places[0], theirs[own][0])


def _repeated(work: _Work) -> int:
    """Paragraphs that occur several times, by what stands around them; how many were matched."""
    ours, theirs = _groups(work.old.keys, work.forth), _groups(work.new.keys, work.back)
    found = 0
    for own, places in ours.items():
        others = theirs.get(own, [])
        if not others or len(places) * len(others) > 4000:
            continue
        scores = {(i, j): work.context(i, j) for i in places for j in others}
        by_old = {i: sorted((scores[i, j] for j in others), reverse=True) for i in places}
        by_new = {j: sorted((scores[i, j] for i in places), reverse=True) for j in others}
        for (i, j), score in scores.items():
            clear = all(r[0] == score and (len(r) == 1 or r[1] < score) for r in (by_old[i], by_new[j]))
            if clear and score > 1:
                work.match(i, j)
                found += 1
    return found


def _by_rank(work: _Work) -> None:
    """Repeated paragraphs that are as many on both sides between the same two matched ones: in order."""
    ours, theirs = _groups(work.old.keys, work.forth), _groups(work.new.keys, work.back)
    matched_old, matched_new = sorted(work.forth), sorted(work.back)

    def gap(i: int, matched: list[int], partner: Mapping[int, int] | None) -> tuple[int, int]:
        at = bisect_right(matched, i)
        low = matched[at - 1] if at else -1
        high = matched[at] if at < len(matched) else -2
        return (partner.get(low, -1), partner.get(high, -2)) if partner is not None else (low, high)

    for own, places in ours.items():
        others = theirs.get(own, [])
        if len(places) != len(others):
            continue
        pairs = list(zip(places, others, strict=True))
        if all(gap(i, matched_old, work.forth) == gap(j, matched_new, None) for i, j in pairs):
            for i, j in pairs:
                work.match(i, j)


def _reworded(work: _Work) -> None:
    """Changed paragraphs: the most alike first, if none on either side is nearly as like."""
    from rapidfuzz import fuzz, process

    ours = [i for i in range(len(work.old.units)) if i not in work.forth and len(work.old.keys[i]) > 1]
    theirs = [j for j in range(len(work.new.units)) if j not in work.back and len(work.new.keys[j]) > 1]
    if not ours or not theirs:
        return
    ours = ours[: max(1, MOST_PAIRS // len(theirs))]
    table = process.cdist([work.old.keys[i] for i in ours], [work.new.keys[j] for j in theirs], scorer=fuzz.ratio,
                          score_cutoff=LIKE_IN_PLACE)  # fmt: skip
    likeness = {
        (ours[a], theirs[b]): float(table[a, b]) for a, b in zip(*(x.tolist() for x in table.nonzero()), strict=True)
    }
    for _ in range(3):  # each match gives its neighbours a context
        if not _best_pairs(work, likeness):
            return


def _best_pairs(work: _Work, likeness: Mapping[tuple[int, int], float]) -> int:
    open_pairs = [(i, j) for i, j in likeness if i not in work.forth and j not in work.back]
    score = {(i, j): likeness[i, j] + CONTEXT * work.context(i, j) for i, j in open_pairs}
    by_old, by_new = defaultdict(list), defaultdict(list)
    for (i, j), value in score.items():
        by_old[i].append((value, j))
        by_new[j].append((value, i))
    found = 0
    for i, j in sorted(open_pairs, key=lambda p: -score[p]):
        needed = LIKE_IN_PLACE if work.context(i, j) else LIKE_ENOUGH
        if i in work.forth or j in work.back or likeness[i, j] < needed:
            continue
        rivals = [v for v, other in by_old[i] if other != j and other not in work.back]
        rivals += [v for v, other in by_new[j] if other != i and other not in work.forth]
        if score[i, j] >= max(rivals, default=0) + MARGIN:
            work.match(i, j)
            found += 1
    return found
