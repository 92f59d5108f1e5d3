"""The linear judgement of clause kinds: n-grams of sentences, trained on labelled units (examples → weights).

A unit is scored as a whole and sentence by sentence, exactly as reviewer/understanding/clause_kinds.py scores it: its
score for a kind lies between that of the whole and that of the sentence that speaks for it most. So the weights are
trained on whole units and, in a second step, on the sentences that make a unit what it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import scipy.sparse as sparse
from sklearn.svm import LinearSVC

from models.clause_data import OWN, Example
from reviewer.understanding.clause_kinds import BEST, CLEAR, FREQUENCY, RIVAL, grams, sentences
from reviewer.understanding.party_names import as_read

SEED = 20261121
FEWEST_FAMILIES, FEWEST_UNITS = 3, 3
FEWEST_UNITS_OF_PHRASE, PHRASES = 6, 3000
PENALTY = 0.1
POSITIVE = 1.5  # the weight of a unit that is of the kind, beside one that is not: few are
BY_HAND, BY_US = 3.0, 2.0  # the weight of a unit labelled by hand or written by us, beside one labelled by its heading
PART = 1.5  # the weight of a sentence beside its unit, before it is shared among the sentences
DOUBTED, CLAIMED = -0.85, -0.15  # below and above these scores of the teacher the label of a heading is not believed
SURE, UNSURE = 0.0, -0.5  # a sentence above speaks for the kind of its unit, one below does not
Floats = np.ndarray[Any, Any]
_PHRASE = re.compile(r"[\u4e00-\u9fff]{3,4}")


def marks(examples: Sequence[Example], kinds: Sequence[str]) -> tuple[Floats, Floats]:
    """Units × kinds: what each is, and what is arguable."""
    truth = np.array([[k in e.kinds for k in kinds] for e in examples], dtype=bool).reshape(len(examples), len(kinds))
    unclear = np.array([[k in e.arguable for k in kinds] for e in examples], dtype=bool)
    return truth, unclear.reshape(len(examples), len(kinds))


@dataclass(frozen=True)
class Rows:
    """Units as rows of unit length, their sentences likewise, and the unit of every sentence."""

    whole: sparse.csr_matrix
    parts: sparse.csr_matrix
    unit: Floats

    def best(self, scores: Floats) -> Floats:
        """The greatest score among the sentences of each unit."""
        found = np.full((self.whole.shape[0], scores.shape[1]), -np.inf)
        np.maximum.at(found, self.unit, scores)
        return found


@dataclass(frozen=True)
class Features:
    """The n-grams that a model knows, and how rare each is (an inverse document frequency in 256ths)."""

    vocabulary: list[str]
    rarity: Floats

    @classmethod
    def choose(cls, examples: Sequence[Example], cue_words: frozenset[str], phrases: Iterable[str] = ()) -> Features:
        """Cues, phrases, and characters and pairs of several units and families: one trade's words say nothing."""
        units: Counter[str] = Counter()
        families: dict[str, set[str]] = {}
        wanted = cue_words | frozenset(phrases)
        for example in examples:
            for gram in set(grams(as_read(example.words))):
                if len(gram) <= 2 or gram in wanted:
                    units[gram] += 1
                    families.setdefault(gram, set()).add(example.family)
        vocabulary = sorted(
            g for g, n in units.items() if g in wanted or (n >= FEWEST_UNITS and len(families[g]) >= FEWEST_FAMILIES)
        )
        rare = [np.log((1 + len(examples)) / (1 + units[g])) + 1 for g in vocabulary]
        return cls(vocabulary, np.round(256 * np.array(rare)).astype("<u2"))

    def rows(self, texts: Sequence[str]) -> Rows:
        """Frequency weight times rarity; a unit is the sum of its sentences."""
        known = {g: i for i, g in enumerate(self.vocabulary)}
        split = [sentences(as_read(text)) or [""] for text in texts]
        data: list[int] = []
        columns: list[int] = []
        starts = [0]
        for sentence in chain.from_iterable(split):
            counts = Counter(i for g in grams(sentence) if (i := known.get(g)) is not None)
            data.extend(FREQUENCY[n] * int(self.rarity[i]) for i, n in counts.items())
            columns.extend(counts)
            starts.append(len(columns))
        raw = sparse.csr_matrix((np.array(data, dtype=float), columns, starts), shape=(len(starts) - 1, len(known)))
        raw.sort_indices()
        unit = np.repeat(np.arange(len(texts)), [len(s) for s in split])
        gather = sparse.csr_matrix((np.ones(len(unit)), (unit, np.arange(len(unit)))), shape=(len(texts), len(unit)))
        squares = np.asarray(raw.multiply(raw).sum(axis=1)).ravel()
        return Rows((_shortened(gather @ squares) @ (gather @ raw)).tocsr(), (_shortened(squares) @ raw).tocsr(), unit)

    def ties(self, groups: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """N-grams × groups: which cues share a weight."""
        known = {g: i for i, g in enumerate(self.vocabulary)}
        pairs = [(known[word], j) for j, words in enumerate(groups) for word in words if word in known]
        rows, columns = [p[0] for p in pairs], [p[1] for p in pairs]
        return sparse.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(known), len(groups)))


def _shortened(squares: Floats) -> sparse.dia_matrix:
    return sparse.diags(1 / np.sqrt(np.where(squares > 0, squares, 1.0)))


def telling_phrases(examples: Sequence[Example], kinds: Sequence[str]) -> list[str]:
    """The three and four characters that set some kind apart most (chi square), of several units and families."""
    where: dict[str, list[int]] = {}
    for i, example in enumerate(examples):
        for gram in {g for g in grams(as_read(example.words)) if _PHRASE.fullmatch(g)}:
            where.setdefault(gram, []).append(i)
    families = [e.family for e in examples]
    candidates = sorted(
        g for g, units in where.items()
        if len(units) >= FEWEST_UNITS_OF_PHRASE and len({families[i] for i in units}) >= FEWEST_FAMILIES
    )  # fmt: skip
    truth = marks(examples, kinds)[0].astype(float)
    usual = truth.mean(axis=0)
    spread = np.maximum(usual * (1 - usual), 1e-9)
    apart = {g: (((truth[where[g]].mean(axis=0) - usual) ** 2 / spread).max() * len(where[g])) for g in candidates}
    return sorted(candidates, key=lambda g: (-round(float(apart[g]), 6), g))[:PHRASES]


@dataclass(frozen=True)
class Linear:
    features: Features
    weights: Floats  # kinds × n-grams
    intercepts: Floats

    def scores(self, texts: Sequence[str]) -> Floats:
        """What the shipped scorer says: scikit-learn's decision functions of the unit and of its best sentence."""
        return rivalled(self.judged(self.features.rows(texts)))

    def judged(self, rows: Rows) -> Floats:
        whole = np.asarray(rows.whole @ self.weights.T + self.intercepts)
        return (1 - BEST) * whole + BEST * rows.best(self.of_parts(rows))

    def of_parts(self, rows: Rows) -> Floats:
        return np.asarray(rows.parts @ self.weights.T + self.intercepts)


def rivalled(scores: Floats) -> Floats:
    """Units × kinds: every score lowered by the surest other kind, as the shipped scorer does."""
    if scores.shape[1] < 2:
        return scores
    order = np.sort(scores, axis=1)
    rival = np.where(scores == order[:, -1:], order[:, -2:-1], order[:, -1:])
    return np.asarray(scores - RIVAL * np.maximum(0.0, rival + CLEAR))


@dataclass(frozen=True)
class Lesson:
    """What is learnt from: rows, what each is, what is left out of account, and how much each counts."""

    rows: sparse.csr_matrix
    truth: Floats
    unclear: Floats
    trust: Floats

    def of(self, chosen: Floats) -> Lesson:
        return Lesson(self.rows[chosen], self.truth[chosen], self.unclear[chosen], self.trust[chosen])

    def then(self, other: Lesson) -> Lesson:
        return Lesson(
            sparse.vstack([self.rows, other.rows]).tocsr(), np.vstack([self.truth, other.truth]),
            np.vstack([self.unclear, other.unclear]), np.concatenate([self.trust, other.trust]),
        )  # fmt: skip


def fitted(features: Features, lesson: Lesson, groups: Sequence[Sequence[str]]) -> Linear:
    """One linear judgement a kind; the weight that the cues of a kind share is added to each of them afterwards."""
    ties = features.ties(groups)
    matrix = sparse.hstack([lesson.rows, lesson.rows @ ties]).tocsr()
    weights, intercepts = [], []
    for k in range(lesson.truth.shape[1]):
        clear = ~lesson.unclear[:, k]
        wanted = lesson.truth[clear, k]
        if not wanted.any():
            weights.append(np.zeros(matrix.shape[1] - ties.shape[1]))
            intercepts.append(-1.0)
            continue
        one = LinearSVC(C=PENALTY, random_state=SEED, max_iter=5000)
        one.fit(matrix[clear], wanted, sample_weight=lesson.trust[clear] * np.where(wanted, POSITIVE, 1.0))
        own, shared = np.split(one.coef_[0], [matrix.shape[1] - ties.shape[1]])
        weights.append(own + ties @ shared)
        intercepts.append(float(one.intercept_[0]))
    return Linear(features, np.array(weights), np.array(intercepts))


def train(examples: Sequence[Example], kinds: Sequence[str], hints: dict[str, tuple[str, ...]]) -> Linear:
    """Trained on units, of which a teacher doubts some headings, and on the sentences that make them what they are."""
    cue_words = frozenset(w for words in hints.values() for w in words)
    features = Features.choose(examples, cue_words, telling_phrases(examples, kinds))
    groups = list(hints.values())
    rows = features.rows([e.words for e in examples])
    trust = np.array([BY_HAND if e.by == "hand" else BY_US if e.family == OWN else 1.0 for e in examples])
    lesson = Lesson(rows.whole, *marks(examples, kinds), trust)
    trusted = trust > 1
    if trusted.any():
        teacher = fitted(features, lesson.of(trusted), groups)
        lesson = Lesson(lesson.rows, lesson.truth, lesson.unclear | doubtful(teacher.judged(rows), lesson), trust)
    first = fitted(features, lesson, groups)
    return fitted(features, lesson.then(of_sentences(first, rows, lesson)), groups)


def doubtful(scores: Floats, lesson: Lesson) -> Floats:
    """Labels by headings that a teacher, who learnt only from what was read, contradicts."""
    against = np.where(lesson.truth, scores < DOUBTED, scores > CLAIMED)
    return np.asarray(against & (lesson.trust <= 1)[:, None])


def of_sentences(linear: Linear, rows: Rows, lesson: Lesson) -> Lesson:
    """The sentences of units that have several: of the kind, not of it, or left open."""
    scores = linear.of_parts(rows)
    of_unit, many = lesson.truth[rows.unit], np.bincount(rows.unit)[rows.unit]
    best = scores >= rows.best(scores)[rows.unit]
    speaks = of_unit & (best | (scores > SURE))
    silent = ~of_unit | (~best & (scores < UNSURE))
    unclear = lesson.unclear[rows.unit] | ~(speaks | silent)
    trust = PART * lesson.trust[rows.unit] / np.sqrt(many)
    return Lesson(rows.parts, speaks, unclear, trust).of(many > 1)
