"""What the clause kinds are trained and tested on: contracts on disk → labelled units, without their headings.

A unit is labelled by hand where data/clause_labels.tsv knows it (by a hash: no text of others is kept), else by a
heading that says what its body is (data/clause_headings.yaml). Families that are held out are only ever tested on.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from reviewer.comparing import template_names, template_path
from reviewer.domain import Line, fold
from reviewer.errors import ReviewerError
from reviewer.pipeline import Engine
from reviewer.readers import read
from reviewer.understanding.clause_kinds import GROUPS, SHORTEST, normalised, own_words
from reviewer.understanding.party_names import as_read

DATA = Path(__file__).parent / "data"
SAMPLES = Path(__file__).parent.parent / "corpus_samples" / "contract"
LONGEST_UNIT = 3000
OWN = "自拟"


@dataclass(frozen=True)
class Example:
    """A unit of text with the kinds it has; `arguable` ones count neither for nor against."""

    family: str
    words: str  # normalised, without heading
    kinds: frozenset[str]
    arguable: frozenset[str] = frozenset()
    by: str = "heading"  # or hand
    part: str = "train"  # or dev, test, none (a held-out unit whose only label is its heading)

    @property
    def unit(self) -> str:
        return hashlib.sha256(self.words.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Headings:
    """What a heading says about its body; `names` are the Chinese names of the kinds."""

    names: dict[str, str]
    any: dict[str, str]
    none: dict[str, str]
    silent: str
    doubtful: str
    held_out: frozenset[str]

    @classmethod
    def load(cls, path: Path = DATA / "clause_headings.yaml") -> Headings:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        kinds = raw["kinds"]
        return cls(
            {k: v["name"] for k, v in kinds.items()}, {k: "|".join(v["any"]) for k, v in kinds.items()},
            {k: "|".join(v["none"]) for k, v in kinds.items() if "none" in v}, "|".join(raw["silent"]), raw["doubtful"],
            frozenset(raw["held_out"]),
        )  # fmt: skip

    def kinds(self, heading: str) -> frozenset[str] | None:
        """The kinds of the body; empty for one of no kind; None where the heading does not tell."""
        words = re.sub(r"\s", "", fold(heading)).strip(":。…. ")
        if not words or len(words) > 24 or re.search(r"[。;:_\d]", words):
            return None
        unlike = {k for k, p in self.none.items() if re.search(p, words)}
        found = frozenset(k for k, p in self.any.items() if re.search(p, words) and k not in unlike)
        if found:
            return found if len(found) <= 3 else None
        return None if re.search(self.silent, words) or re.search(self.doubtful, words) else frozenset()


@dataclass(frozen=True)
class Label:
    part: str
    kinds: frozenset[str]
    arguable: frozenset[str]


def hand_labels(path: Path = DATA / "clause_labels.tsv") -> dict[str, Label]:
    """Unit → what a reader found it to be."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    labels = {}
    for line in lines[1:]:
        unit, part, kinds, arguable = line.split("\t")
        labels[unit] = Label(part, frozenset(kinds.split()), frozenset(arguable.split()))
    return labels


def twice_read(examples: Iterable[Example], path: Path = DATA / "clause_readings.tsv") -> Iterator[Example]:
    """Units with what two independent readings both found; what they differ on or either doubted counts as arguable."""
    lines = path.read_text(encoding="utf-8").splitlines()[2:]
    readings = {unit: [frozenset(r.split()) for r in rest] for unit, *rest in (line.split("\t") for line in lines)}
    for example in examples:
        once = [example.kinds, example.arguable]
        first, doubted, second, doubted_too = readings.get(example.unit, once + once)
        yield replace(example, kinds=first & second, arguable=first ^ second | doubted | doubted_too)


def cues(path: Path = DATA / "clause_cues.yaml") -> dict[str, tuple[str, ...]]:
    """Kind → the words that point to it, with the parties as the model reads them."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {kind: tuple(dict.fromkeys(map(as_read, words))) for kind, words in raw.items()}


def families_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file under a folder with its family: the folder directly below, or the file itself."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield path.relative_to(folder).parts[0] if path.parent != folder else path.stem, path


def examples_of(
    files: Iterable[tuple[str, Path]], headings: Headings, engine: Engine, labels: dict[str, Label] | None = None
) -> Iterator[Example]:
    """Every labelled provision of (family, contract); a contract that cannot be read is told and left out."""
    for family, path in files:
        try:
            draft = engine.understand(read(path), Line.CONTRACT)
        except ReviewerError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        for provision in draft.articles:
            words = own_words(provision, draft.text)
            if (provision.level in GROUPS and provision.children) or not SHORTEST <= len(words) <= LONGEST_UNIT:
                continue
            part = "none" if family in headings.held_out else "train"
            example = Example(family, normalised(words), frozenset(), part=part)
            label = (labels or {}).get(example.unit)
            kinds = headings.kinds(provision.heading) if provision.heading else None
            if label is not None:
                yield replace(example, kinds=label.kinds, arguable=label.arguable, by="hand", part=label.part)
            elif kinds is not None:
                yield replace(example, kinds=kinds)


def own_examples(headings: Headings, engine: Engine) -> Iterator[Example]:
    """Our own model contracts and sample documents, the model clauses of the lexicon, clauses written for training."""
    files = [template_path(name) for name in template_names()] + sorted(SAMPLES.rglob("*.txt"))
    yield from examples_of(((OWN, path) for path in files), headings, engine)
    for path in sorted(DATA.glob("own_clauses*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines()[2:]:
            clause, kinds = line.split("\t")
            yield Example(OWN, normalised(clause), frozenset(kinds.split()))
    for clause in engine.lexicon.clauses.values():
        if clause.key in headings.names and clause.model:
            yield Example(OWN, normalised(clause.model), frozenset([clause.key]))


def without_doubles(examples: Sequence[Example]) -> list[Example]:
    """Each text once, the first of its kind; what is tested is never trained on."""
    once: dict[str, Example] = {}
    for example in sorted(examples, key=lambda e: e.part == "train"):
        if len(example.words) >= SHORTEST:
            once.setdefault(example.words, example)
    return [e for e in dict.fromkeys(examples) if once.get(e.words) == e]
