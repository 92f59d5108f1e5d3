"""What each clause is about, by its words alone: a trained linear model, applied without scikit-learn or numpy.

text, provisions → clause kinds. The parameters (models/clause_kinds.npz) are plain arrays, written by
models/train_clause_kinds.py. Names of the parties are read as one, so that what is learnt of a seller holds for a
lessor. A sentence is its character n-grams, weighed and brought to unit length, a unit the sum of its sentences; a unit
scores between the whole and the sentence that speaks most for the kind, and less where another kind is surer. The
weights of one n-gram for all kinds are packed into one Python integer, so that adding integers scores every kind at
once and the sums are exact. Importing numpy alone would take longer than reviewing a short contract.
"""

from __future__ import annotations

import ast
import math
import re
import struct
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import add
from pathlib import Path

from reviewer.domain import ClauseKind, Level, Provision, Span, fold
from reviewer.understanding import parameters
from reviewer.understanding.party_names import ANYONE, as_read, letters_of

FORMAT = "clause-kinds 4"
LONGEST = 400  # normalised characters of a unit that are read: a clause says early what it is about
SHORTEST = 12
BEST = 0.4  # how much the best sentence counts beside the whole unit
RIVAL, CLEAR = 0.15, 0.3  # the share that a kind loses of what another scores above -CLEAR
MAIN_RIVAL = 0.3  # the same share where only what a unit is mostly about is asked
_SHORTEST_SENTENCE = 12
_SENTENCE = re.compile(r"(?<=[。;])")
OFFSET = 1 << 21  # added to a weight so that it is stored as an unsigned number (of 22 bits)
_LANE = 5  # bytes of one kind in a packed row: the 1,600 n-grams of a unit at the greatest weight stay below 2**40
_WORDS = 3
_NUMBER = re.compile(r"[\d.,×〇]+")
_NUMBERS = ("intercepts", "slopes", "shifts", "thresholds", "scale")
GROUPS = (Level.PART, Level.CHAPTER, Level.SECTION)

FREQUENCY = tuple(round(16 * (1 + math.log(max(n, 1)))) for n in range(LONGEST + 1))
"""The weight of an n-gram by how often it stands in the unit."""
ONCE = FREQUENCY[1]


def normalised(text: str) -> str:
    """What the model reads: folded, without white space and blanks, every number as one 0."""
    letters = "".join(fold(text[: 4 * LONGEST]).replace("_", "").split())
    return _NUMBER.sub("0", letters)[:LONGEST]


def sentences(text: str) -> list[str]:
    """The sentences of a normalised text; one too short to say anything goes with the next, or the one before."""
    found: list[str] = []
    open_ = ""
    for piece in _SENTENCE.split(text):
        open_ += piece
        if len(open_) >= _SHORTEST_SENTENCE:
            found.append(open_)
            open_ = ""
    if open_ and found:
        found[-1] += open_
    elif open_:
        found.append(open_)
    return found


def grams(text: str) -> Iterator[str]:
    """The characters of a normalised text, and two, three and four of them on end, with repetitions."""
    pairs = list(map(add, text, text[1:]))
    return chain(text, pairs, map(add, pairs, text[2:]), map(add, pairs, pairs[2:]))


def own_words(provision: Provision, text: str) -> str:
    """The words of a provision without its label and heading."""
    words = provision.span.of(text)
    at = fold(words).find(fold(provision.heading)) if provision.heading else -1
    if 0 <= at <= len(provision.label) + 5:
        return words[at + len(provision.heading) :].lstrip(" \u3000:：。.、\n")
    return words[len(provision.label) :].lstrip(" \u3000:：。.、\n")


def units(text: str, provisions: tuple[Provision, ...]) -> Iterator[tuple[Span, str]]:
    """The clauses of a contract with the words to judge them by: provisions below chapters, else lines."""
    for top in provisions:
        for provision in top.walk():
            if provision.level not in GROUPS or not provision.children:
                yield provision.span, own_words(provision, text)
    if not provisions:
        at = 0
        for line in text.split("\n"):
            yield Span(at, at + len(line)), line
            at += len(line) + 1


class _Rows(dict[int, int]):
    """N-gram → its weights for all kinds in one integer, `_LANE` bytes each, made when first asked for."""

    def __init__(self, weights: array[int], width: int) -> None:
        narrow = weights.tobytes()
        wide = bytearray(len(weights) * _LANE)
        wide[0::_LANE], wide[1::_LANE], wide[2::_LANE] = narrow[0::4], narrow[1::4], narrow[2::4]
        self._wide, self._row = bytes(wide), width * _LANE

    def __missing__(self, gram: int) -> int:
        row = self[gram] = int.from_bytes(self._wide[gram * self._row : (gram + 1) * self._row], "little")
        return row


@dataclass(frozen=True)
class Model:
    """Trained parameters; `weights` holds one row of unsigned numbers (weight + OFFSET) for each n-gram."""

    kinds: tuple[str, ...]
    names: tuple[str, ...]
    vocabulary: dict[str, int]
    rarity: array[int]
    weights: array[int]
    scale: float  # a stored weight is the true one times this
    intercepts: tuple[float, ...]
    slopes: tuple[float, ...]  # of the calibration: probability = 1 / (1 + exp(-(slope * score + shift)))
    shifts: tuple[float, ...]
    thresholds: tuple[float, ...]  # a kind below its probability is not reported; a unit without any is unknown
    version: str

    @cached_property
    def _rows(self) -> _Rows:
        return _Rows(self.weights, len(self.kinds))

    @cached_property
    def _openings(self) -> frozenset[str]:
        """The first two characters of the longer n-grams: few pairs of a text are such."""
        return frozenset(gram[:2] for gram in self.vocabulary if len(gram) > 2)

    @cached_property
    def _squares(self) -> list[int]:
        return [r * r for r in self.rarity]

    def name_of(self, kind: str) -> str:
        return self.names[self.kinds.index(kind)] if kind in self.kinds else kind

    def scores(self, text: str) -> list[float] | None:
        """The score of every kind for a normalised text; None when it holds nothing that the model knows."""
        sums = self._known(text)
        if not sums:
            return None
        if len(sums) == 1:
            return rivalled(self._scores(*sums[0]))
        whole = self._scores(*map(sum, zip(*sums, strict=True)))
        best = map(max, zip(*(self._scores(*found) for found in sums), strict=True))
        return rivalled([(1 - BEST) * w + BEST * b for w, b in zip(whole, best, strict=True)])

    def _known(self, text: str) -> list[tuple[int, int, int]]:
        """The sums of each sentence that holds something that the model knows."""
        return [found for sentence in sentences(as_read(text)) if (found := self._sums(sentence))[2]]

    def _sums(self, sentence: str) -> tuple[int, int, int]:
        """The packed weights of a sentence, its squared length and the weight of its n-grams."""
        pairs = list(map(add, sentence, sentence[1:]))
        get, openings, padded = self.vocabulary.get, self._openings, sentence + "\n\n"  # no n-gram has a line end
        known = [gram for gram in map(get, chain(sentence, pairs)) if gram is not None]
        starts = [at for at, pair in enumerate(pairs) if pair in openings]
        known += [gram for at in starts for long in (3, 4) if (gram := get(padded[at : at + long])) is not None]
        rows, squares, counts = self._rows, self._squares, Counter(known)
        total, length = ONCE * sum(map(rows.__getitem__, counts)), ONCE**2 * sum(map(squares.__getitem__, counts))
        weight = ONCE * len(counts)
        if len(counts) < len(known):
            for gram, count in counts.items():
                if count > 1:
                    more = FREQUENCY[count] - ONCE
                    total += more * rows[gram]
                    length += (FREQUENCY[count] ** 2 - ONCE**2) * squares[gram]
                    weight += more
        return total, length, weight

    def _scores(self, total: int, length: int, weight: int) -> list[float]:
        per = 1 / (math.sqrt(length) * self.scale)
        packed = total.to_bytes(len(self.kinds) * _LANE, "little")
        wide = bytearray(len(self.kinds) * 8)
        for byte in range(_LANE):
            wide[byte::8] = packed[byte::_LANE]
        ground = OFFSET * weight
        return [
            (lane - ground) * per + intercept
            for lane, intercept in zip(struct.unpack(f"<{len(self.kinds)}Q", wide), self.intercepts, strict=True)
        ]

    def probabilities(self, words: str) -> list[tuple[str, float]]:
        """Every kind with its calibrated probability, in the order of `kinds`."""
        return self._chances(self.scores(normalised(words)))

    def mainly(self, words: str) -> list[tuple[str, float]]:
        """The same of the whole alone, where a surer kind counts more: what a unit is mostly about."""
        sums = self._known(normalised(words))
        whole = rivalled(self._scores(*map(sum, zip(*sums, strict=True))), MAIN_RIVAL) if sums else None
        return self._chances(whole)

    def _chances(self, scores: list[float] | None) -> list[tuple[str, float]]:
        if scores is None:
            return [(kind, 0.0) for kind in self.kinds]
        return [
            (kind, 1 / (1 + math.exp(-(slope * score + shift))))
            for kind, score, slope, shift in zip(self.kinds, scores, self.slopes, self.shifts, strict=True)
        ]

    def spoke_for(self, kind: str, words: str) -> tuple[str, ...]:
        """The words that weighed most for a kind: neighbouring n-grams are told as one word."""
        letters, column, width = letters_of(normalised(words)), self.kinds.index(kind), len(self.kinds)
        text = [letter if len(letter) == 1 else ANYONE for letter in letters]
        gains = [
            self.weights[gram * width + column] - OFFSET if gram is not None else 0
            for gram in map(self.vocabulary.get, map(add, text, text[1:]))
        ]
        value = list(map(add, [0, *gains], [*gains, 0]))
        return _strongest(letters, value)

    def classify(self, text: str, provisions: tuple[Provision, ...]) -> tuple[ClauseKind, ...]:
        """The kinds of every unit at or above the threshold, in the order of the text; several for one unit."""
        return tuple(found for span, words in units(text, provisions) for found in self.kinds_of(span, words))

    def kinds_of(self, span: Span, words: str) -> Iterator[ClauseKind]:
        """The kinds of one unit; none is told of a text too short to judge."""
        if len(words) < SHORTEST:
            return
        for (kind, probability), threshold in zip(self.probabilities(words), self.thresholds, strict=True):
            if probability >= threshold:
                yield ClauseKind(span, kind, round(probability, 4))

    def words_for(self, found: ClauseKind, text: str, provisions: tuple[Provision, ...]) -> tuple[str, ...]:
        """The words that spoke for a kind of `classify`: told only when asked, since few findings need them."""
        return next((self.spoke_for(found.kind, words) for span, words in units(text, provisions)
                     if span == found.span), ())  # fmt: skip


def rivalled(scores: list[float], share: float = RIVAL) -> list[float]:
    """Scores lowered by the surest other kind: what is plainly of one kind is seldom of a second one too."""
    if len(scores) < 2:
        return scores
    second, first = sorted(scores)[-2:]
    if first <= -CLEAR:
        return scores
    lost, of_first = share * (first + CLEAR), share * max(0.0, second + CLEAR)
    return [score - (of_first if score == first else lost) for score in scores]


def _strongest(text: list[str], value: list[int]) -> tuple[str, ...]:
    """Stretches of text whose characters all speak for the kind, the weightiest first."""
    limit = 0.25 * max(value, default=0)
    stretches: dict[str, int] = {}
    start = None
    for i, gain in enumerate([*value, 0]):
        if gain > limit and (i == len(text) or re.match(r"\w", text[i])):
            start = i if start is None else start
        elif start is not None:
            word = "".join(text[start:i]).strip("0")
            if 2 <= len(word) <= 12:
                stretches[word] = max(stretches.get(word, 0), sum(value[start:i]))
            start = None
    return tuple(sorted(stretches, key=lambda w: (-stretches[w], w))[:_WORDS])


# ---------------------------------------------------------------- parameters


def load(path: Path) -> Model:
    """The parameters of a file; ModelError when it is missing, broken or made for another version."""
    with parameters.opened(path, "条款分类模型", "make models") as archive:
        return _model({name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()})


def _model(arrays: dict[str, bytes]) -> Model:
    version = _text(arrays["format"])
    if version != FORMAT:
        raise ValueError(f"格式为“{version}”，需要“{FORMAT}”")
    kinds, grams_known = _text(arrays["kinds"]).split("\n"), _text(arrays["vocabulary"]).split("\n")
    names = _text(arrays["names"]).split("\n")
    rarity, weights = array("H", _content(arrays["rarity"], "<u2")), array("I", _content(arrays["weights"], "<u4"))
    numbers = {n: array("d", _content(arrays[n], "<f8")) for n in _NUMBERS}
    if len(weights) != len(kinds) * len(grams_known) or len(rarity) != len(grams_known):
        raise ValueError(f"{len(kinds)} 个种类、{len(grams_known)} 个特征，权重却有 {len(weights)} 个")
    if any(len(numbers[n]) != len(kinds) for n in _NUMBERS[:-1]) or len(names) != len(kinds):
        raise ValueError("各种类的参数个数不一致")
    (scale,) = numbers["scale"]
    return Model(
        tuple(kinds), tuple(names), {g: i for i, g in enumerate(grams_known)}, rarity, weights, scale,
        tuple(numbers["intercepts"]), tuple(numbers["slopes"]), tuple(numbers["shifts"]),
        tuple(numbers["thresholds"]), _text(arrays["version"]),
    )  # fmt: skip


def _text(raw: bytes) -> str:
    return _content(raw, "|u1").decode("utf-8")


def _content(raw: bytes, kind: str) -> bytes:
    """The data of one array in numpy's .npy format, checked against its header."""
    if raw[:6] != b"\x93NUMPY":
        raise ValueError("不是 npy 数组")
    (size,) = struct.unpack("<H", raw[8:10])
    header = ast.literal_eval(raw[10 : 10 + size].decode("latin1"))
    data = raw[10 + size :]
    item = int(kind[2:])
    if header["descr"] != kind or header["fortran_order"] or math.prod(header["shape"]) * item != len(data):
        raise ValueError(f"数组的类型或长度不符（{header['descr']} {header['shape']}）")
    return data
