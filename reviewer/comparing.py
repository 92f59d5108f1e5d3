"""Two contracts clause by clause: same, changed with the difference word by word, missing, added.

A draft and a model (or an earlier version) → Comparison. Clauses find each other by their words, their headings and
what the trained classifier takes them for, so that a clause is found under another heading, in another order, or
without any heading. Where the model has a blank, whatever the draft has filled in is no change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewer.domain import Draft, Level, Provision, Span, fold
from reviewer.errors import UsageError
from reviewer.places import LEXICONS
from reviewer.understanding.clause_kinds import Model, own_words
from reviewer.understanding.segmentation import words

TEMPLATES = LEXICONS / "templates"
HEAD = "首部"  # what stands before the first provision: the parties, the purpose
_GROUPS = (Level.PART, Level.CHAPTER, Level.SECTION)
_ITEM = re.compile(
    r"^[ \t\u3000]*(?:\d{1,2}(?:\.\d{1,2})*[.、．\u3000 \t]|[（(]?[一二三四五六七八九十]{1,3}[)）、])[ \u3000]*", re.M
)
_BLANK = re.compile(r"[_＿]{2,}|[×Xx]{2,}|□+")
_WHOLE = re.compile(rf"{_BLANK.pattern}|\d(?:[\d.,，]*\d)?")  # a blank, a number: one token each
_ALIKE = 0.42  # of 1: two clauses below it are not the same clause
_OF_WORDS, _OF_HEADING, _OF_KIND = 0.5, 0.25, 0.25
_REWRITTEN = 0.35  # of 1: below it a clause was written anew, and word by word differences say nothing
_SURE = 0.6  # of the classifier, to say that the matter of a missing clause stands elsewhere
_SHORTEST_PLACE = 20


class Status(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: `words` without label and heading; `chances` are the classifier's probabilities in its order."""

    where: str
    heading: str
    words: str
    span: Span
    chances: tuple[float, ...] = ()
    kind: str = ""  # the Chinese name of the likeliest kind; empty where the classifier knows none


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: equal, deleted (only in the model), inserted (only in the draft) or filled (into a blank)."""

    change: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A clause of the model beside the draft's, either of which may be lacking."""

    status: Status
    model: Clause | None
    draft: Clause | None
    likeness: float = 0.0
    pieces: tuple[Piece, ...] = ()
    elsewhere: str = ""  # where the draft speaks of the matter of a missing clause, with the words that say so


@dataclass(frozen=True, slots=True)
class Comparison:
    """Pairs in the order of the model, then the clauses that only the draft has."""

    model: str
    draft: str
    pairs: tuple[Pair, ...]

    def count(self, status: Status) -> int:
        return sum(p.status == status for p in self.pairs)


def template_names() -> list[str]:
    return sorted(path.stem for path in TEMPLATES.glob("*.txt"))


def template_path(name: str) -> Path:
    """The file of a model contract; UsageError with the names there are."""
    path = TEMPLATES / f"{name}.txt"
    if Path(name).name != name or not path.is_file():
        raise UsageError(f"没有名为“{name}”的合同范本，可用：{'、'.join(template_names())}；也可以直接给出要对比的文件")
    return path


def compare(draft: Draft, model: Draft, classifier: Model) -> Comparison:
    """Every clause of both, paired one to one by descending likeness."""
    ours, theirs = list(clauses_of(draft, classifier)), list(clauses_of(model, classifier))
    partner = aligned(theirs, ours)
    pairs = []
    for i, clause in enumerate(theirs):
        if i in partner:
            j, likeness = partner[i]
            pieces = tuple(difference(clause.words, ours[j].words))
            same = all(p.change in ("equal", "filled") for p in pieces)
            pairs.append(Pair(Status.SAME if same else Status.CHANGED, clause, ours[j], likeness, pieces))
        else:
            pairs.append(Pair(Status.MISSING, clause, None, elsewhere=_elsewhere(clause, draft, classifier)))
    taken = {j for j, _ in partner.values()}
    pairs += [Pair(Status.ADDED, None, c) for j, c in enumerate(ours) if j not in taken]
    return Comparison(model.document.name, draft.document.name, tuple(pairs))


# ---------------------------------------------------------------- clauses


def clauses_of(draft: Draft, classifier: Model) -> Iterator[Clause]:
    """The head, the provisions below chapters and, where a contract has none, its lines."""
    text = draft.text
    first = draft.provisions[0].span.start if draft.provisions else 0
    start = draft.parts.title.end if draft.parts.title and draft.parts.title.end <= first else 0
    if head := text[start:first].strip():
        yield _clause(HEAD, HEAD, head, Span(start, first), classifier)
    for provision in _below_chapters(draft.provisions):
        if provision.span.of(text).strip():
            yield _clause(provision.path, provision.heading, own_words(provision, text), provision.span, classifier)
    if not draft.provisions:
        for block in draft.document.blocks:
            if len(words_of := block.span.of(text).strip()) >= _SHORTEST_PLACE:
                yield _clause(draft.where(block.span.start), "", words_of, block.span, classifier)


def _below_chapters(provisions: Sequence[Provision]) -> Iterator[Provision]:
    for provision in provisions:
        if provision.level in _GROUPS and provision.children:
            yield from _below_chapters(provision.children)
        else:
            yield provision


def _clause(where: str, heading: str, text: str, span: Span, classifier: Model) -> Clause:
    chances = tuple(p for _, p in classifier.mainly(text))
    best = max(range(len(chances)), key=chances.__getitem__)
    kind = classifier.names[best] if chances[best] >= classifier.thresholds[best] else ""
    return Clause(where, heading, _ITEM.sub("", text).strip(), span, chances, kind)


def _elsewhere(clause: Clause, draft: Draft, classifier: Model) -> str:
    """Where the draft speaks of the same matter: a provision inside another clause that is surely of the kind."""
    best = max(range(len(clause.chances)), key=clause.chances.__getitem__)
    if clause.chances[best] < classifier.thresholds[best]:
        return ""
    kind = classifier.kinds[best]
    found = [k for k in classifier.classify(draft.text, draft.provisions) if k.kind == kind and k.probability >= _SURE]
    if not found:
        return ""
    surest = max(found, key=lambda k: (k.probability, -len(k.span)))
    words = classifier.words_for(surest, draft.text, draft.provisions)
    return f"{draft.where(surest.span.start)}（{'、'.join(f'“{w}”' for w in words)}）"


# ---------------------------------------------------------------- alignment


def aligned(theirs: Sequence[Clause], ours: Sequence[Clause], *, by_kind: bool = True) -> dict[int, tuple[int, float]]:
    """Index in `theirs` → index in `ours` and likeness; the likest pairs first, each clause once."""
    every = [(likeness(a, b, by_kind=by_kind), i, j) for i, a in enumerate(theirs) for j, b in enumerate(ours)]
    partner: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for alike, i, j in sorted(every, key=lambda e: (-e[0], abs(e[1] - e[2]), e[1])):
        if alike < _ALIKE:
            break
        if i not in partner and j not in taken:
            partner[i] = (j, round(alike, 3))
            taken.add(j)
    return partner


def likeness(a: Clause, b: Clause, *, by_kind: bool = True) -> float:
    """0 to 1, from words, headings (where both have one) and kinds (where both are known)."""
    from rapidfuzz import fuzz

    if (a.where == HEAD) != (b.where == HEAD):
        return 0.0
    alike = _ratio(a.words, b.words)
    if alike == 1.0 or a.where == HEAD:
        return max(alike, _ALIKE)
    parts = [(_OF_WORDS, alike)]
    if a.heading and b.heading:
        parts.append((_OF_HEADING, fuzz.ratio(a.heading, b.heading) / 100))
    if by_kind and a.kind and b.kind:
        parts.append((_OF_KIND, _cosine(a.chances, b.chances)))
    return sum(w * v for w, v in parts) / sum(w for w, _ in parts)


def _ratio(a: str, b: str) -> float:
    from rapidfuzz import fuzz

    return float(fuzz.ratio(_bare(a), _bare(b))) / 100


def _bare(text: str) -> str:
    return "".join(_BLANK.sub("", fold(text)).split())


def _cosine(a: Sequence[float], b: Sequence[float]) -> float:
    length = (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5
    return sum(x * y for x, y in zip(a, b, strict=True)) / length if length else 0.0


# ---------------------------------------------------------------- difference


def difference(old: str, new: str) -> Iterator[Piece]:
    """Runs of words from `old` to `new`; a blank of `old` takes in what stands in its place.

    Of texts that have little in common only the whole of each says something.
    """
    from rapidfuzz.distance import Indel

    if _ratio(old, new) < _REWRITTEN:
        yield from (Piece("deleted", old), Piece("inserted", new))
        return
    before, after = _tokens(old), _tokens(new)
    folded = [fold(t) for t in before], [fold(t) for t in after]
    runs: list[list[str]] = []
    for step in Indel.opcodes(*folded):
        gone, come = "".join(before[step.src_start : step.src_end]), "".join(after[step.dest_start : step.dest_end])
        if step.tag == "equal":
            runs.append(["", "", come])
        elif runs and not runs[-1][2]:
            runs[-1][0] += gone
            runs[-1][1] += come
        else:
            runs.append([gone, come, ""])
    for gone, come, equal in runs:
        if equal:
            yield Piece("equal", equal)
        elif _filled(gone, come):
            yield Piece("filled", come)
        else:
            if gone:
                yield Piece("deleted", gone)
            if come:
                yield Piece("inserted", come)


def _filled(gone: str, come: str) -> bool:
    """Is `come` what stands in the model with its blanks filled in?"""
    if not _BLANK.search(gone):
        return False
    around = [re.escape(fold(part)) for part in _BLANK.split(gone)]
    return re.fullmatch(r".*".join(around), fold(come), re.S) is not None


def _tokens(text: str) -> list[str]:
    """Words, each blank and each number one of them; white space does not count."""
    out: list[str] = []
    for line in text.split():
        at = 0
        for found in _WHOLE.finditer(line):
            out += [w for w, _, _ in words(line[at : found.start()])]
            out.append(found[0])
            at = found.end()
        out += [w for w, _, _ in words(line[at:])]
    return out
