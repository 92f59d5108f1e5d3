"""Train the clause kinds: `python models/train_clause_kinds.py FOLDER…` writes clause_kinds.npz and its card.

FOLDER holds contracts in one folder per source family. The headings of a contract label their bodies
(data/clause_headings.yaml); a heading is never shown to the model. Our own model contracts and model clauses are added
as one more family that is only trained on. Scores come from cross-validation over whole families: every family is
judged by a model that has seen no other document of it. The same folder and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import io
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sparse
import sklearn
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from reviewer.comparing import template_names, template_path
from reviewer.domain import Line, fold
from reviewer.errors import ReviewerError
from reviewer.patterns import compiled
from reviewer.pipeline import Engine
from reviewer.readers import read
from reviewer.understanding.clause_kinds import FORMAT, FREQUENCY, OFFSET, SHORTEST, Model, grams, normalised, own_words
from reviewer.understanding.clause_kinds import load as load_model

HERE = Path(__file__).parent
FOLDS = 5
SEED = 20261121
FEWEST_EXAMPLES, FEWEST_FAMILIES, FEWEST_UNITS = 20, 4, 4
PENALTY = 1.0
THRESHOLD = 0.3
LONGEST_UNIT = 3000
OWN = "自拟"


@dataclass(frozen=True)
class Example:
    family: str
    words: str  # normalised, without heading
    kinds: frozenset[str]


@dataclass(frozen=True)
class Headings:
    """What a heading says about its body; `names` are the Chinese names of the kinds."""

    names: dict[str, str]
    any: dict[str, str]
    none: dict[str, str]
    silent: str
    doubtful: str

    @classmethod
    def load(cls, path: Path = HERE / "data" / "clause_headings.yaml") -> Headings:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        kinds = raw["kinds"]
        return cls(
            {k: v["name"] for k, v in kinds.items()}, {k: "|".join(v["any"]) for k, v in kinds.items()},
            {k: "|".join(v["none"]) for k, v in kinds.items() if "none" in v}, "|".join(raw["silent"]), raw["doubtful"],
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


# ---------------------------------------------------------------- data


def examples_of(
    files: Iterable[tuple[str, Path]], headings: Headings, engine: Engine
) -> Iterator[Example]:
    """Every headed provision of (family, contract); a contract that cannot be read is told and left out."""
    for family, path in files:
        try:
            draft = engine.understand(read(path), Line.CONTRACT)
        except ReviewerError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        for provision in draft.articles:
            kinds = headings.kinds(provision.heading) if provision.heading else None
            if kinds is None:
                continue
            words = own_words(provision, draft.text)
            if SHORTEST <= len(words) <= LONGEST_UNIT:
                yield Example(family, normalised(words), kinds)


def families_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file under a folder with its family: the folder directly below, or the file itself."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield path.relative_to(folder).parts[0] if path.parent != folder else path.stem, path


def own_examples(headings: Headings, engine: Engine) -> Iterator[Example]:
    """Our own model contracts and the model clauses of the lexicon."""
    yield from examples_of(((OWN, template_path(name)) for name in template_names()), headings, engine)
    for clause in engine.lexicon.clauses.values():
        if clause.key in headings.names and clause.model:
            yield Example(OWN, normalised(clause.model), frozenset([clause.key]))


def without_doubles(examples: Sequence[Example]) -> list[Example]:
    return list({e.words: e for e in reversed(examples) if len(e.words) >= SHORTEST}.values())[::-1]


def folds_of(examples: Sequence[Example]) -> np.ndarray[Any, Any]:
    """The fold in which each example is tested, -1 for our own; families stay together, folds are of similar size."""
    sizes = Counter(e.family for e in examples if e.family != OWN)
    load, fold_of = [0] * FOLDS, {OWN: -1}
    for family, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold_of[family] = load.index(min(load))
        load[fold_of[family]] += size
    return np.array([fold_of[e.family] for e in examples])


# ---------------------------------------------------------------- model


@dataclass(frozen=True)
class Features:
    """The n-grams that a model knows, and how rare each is (an inverse document frequency in 256ths)."""

    vocabulary: list[str]
    rarity: np.ndarray[Any, Any]

    @classmethod
    def choose(cls, examples: Sequence[Example]) -> Features:
        """N-grams of several units and of several families: words of one trade say nothing about clauses."""
        units: Counter[str] = Counter()
        families: dict[str, set[str]] = {}
        for example in examples:
            for gram in set(grams(example.words)):
                units[gram] += 1
                families.setdefault(gram, set()).add(example.family)
        vocabulary = sorted(
            g for g, n in units.items() if n >= FEWEST_UNITS and len(families[g]) >= FEWEST_FAMILIES
        )
        rare = [np.log((1 + len(examples)) / (1 + units[g])) + 1 for g in vocabulary]
        return cls(vocabulary, np.round(256 * np.array(rare)).astype("<u2"))

    def matrix(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Rows of unit length: frequency weight times rarity, exactly as the shipped scorer weighs them."""
        known = {g: i for i, g in enumerate(self.vocabulary)}
        data, columns, starts = [], [], [0]
        for text in texts:
            counts = Counter(i for g in grams(text) if (i := known.get(g)) is not None)
            row = {i: FREQUENCY[n] * int(self.rarity[i]) for i, n in sorted(counts.items())}
            length = np.sqrt(float(sum(v * v for v in row.values()))) or 1.0
            data.extend(v / length for v in row.values())
            columns.extend(row)
            starts.append(len(columns))
        return sparse.csr_matrix((data, columns, starts), shape=(len(texts), len(known)))


@dataclass(frozen=True)
class Linear:
    features: Features
    weights: np.ndarray[Any, Any]  # kinds × n-grams
    intercepts: np.ndarray[Any, Any]

    def scores(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """scikit-learn's decision function of every kind."""
        return np.asarray(self.features.matrix(texts) @ self.weights.T + self.intercepts)


def train(examples: Sequence[Example], kinds: Sequence[str]) -> Linear:
    features = Features.choose(examples)
    matrix = features.matrix([e.words for e in examples])
    weights, intercepts = [], []
    for kind in kinds:
        wanted = [kind in e.kinds for e in examples]
        if not any(wanted):
            weights.append(np.zeros(matrix.shape[1]))
            intercepts.append(-1.0)
            continue
        one = LinearSVC(C=PENALTY, random_state=SEED).fit(matrix, wanted)
        weights.append(one.coef_[0])
        intercepts.append(float(one.intercept_[0]))
    return Linear(features, np.array(weights), np.array(intercepts))


def calibrated(scores: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], ...]:
    """Slope and shift of a sigmoid for each kind, from scores that the model gave to what it had not seen."""
    slopes, shifts = [], []
    for column, wanted in zip(scores.T, truth.T, strict=True):
        if 0 < wanted.sum() < len(wanted):
            sigmoid = LogisticRegression(C=1e4).fit(column.reshape(-1, 1), wanted)
            slopes.append(float(sigmoid.coef_[0, 0]))
            shifts.append(float(sigmoid.intercept_[0]))
        else:
            slopes.append(1.0)
            shifts.append(-4.0)
    return np.array(slopes), np.array(shifts)


def probabilities(scores: np.ndarray[Any, Any], slopes: np.ndarray[Any, Any], shifts: np.ndarray[Any, Any]) -> Any:
    return 1 / (1 + np.exp(-(scores * slopes + shifts)))


# ---------------------------------------------------------------- parameters as plain arrays


def parameters(linear: Linear, calibration: tuple[np.ndarray[Any, Any], ...], kinds: Sequence[str],
               names: Sequence[str], version: str) -> dict[str, np.ndarray[Any, Any]]:  # fmt: skip
    """What is shipped: the weights times rarity's unit, in 20 bits each."""
    effective = linear.weights.T * linear.features.rarity[:, None]
    scale = (OFFSET - 1) / max(np.abs(effective).max(), 1e-9)
    stored = np.round(effective * scale).astype(int) + OFFSET
    return {
        "format": _letters(FORMAT), "version": _letters(version), "kinds": _letters("\n".join(kinds)),
        "names": _letters("\n".join(names)), "vocabulary": _letters("\n".join(linear.features.vocabulary)),
        "rarity": linear.features.rarity, "weights": stored.astype("<u4"),
        "intercepts": linear.intercepts.astype("<f8"), "slopes": calibration[0].astype("<f8"),
        "shifts": calibration[1].astype("<f8"), "scalars": np.array([scale, THRESHOLD], dtype="<f8"),
    }  # fmt: skip


def _letters(text: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(text.encode("utf-8"), dtype="u1")


def write(path: Path, arrays: dict[str, np.ndarray[Any, Any]]) -> str:
    """An .npz with a fixed date in it; its sha256."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(content), version=(1, 0), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, buffer.getvalue(), compresslevel=9)
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---------------------------------------------------------------- scores


@dataclass(frozen=True)
class Judged:
    """Cross-validated scores of the tested examples, with what the shipped scorer made of the same texts."""

    scores: np.ndarray[Any, Any]
    chances: np.ndarray[Any, Any]  # calibrated on the other folds
    identical: int  # units whose labels the shipped scorer and scikit-learn agree on


def judge(examples: list[Example], folds: np.ndarray[Any, Any], truth: np.ndarray[Any, Any], kinds: list[str],
          scratch: Path) -> Judged:  # fmt: skip
    scores, agree = np.zeros(truth.shape), 0
    for number in range(FOLDS):
        seen = [e for e, f in zip(examples, folds, strict=True) if f != number]
        unseen = [e.words for e, f in zip(examples, folds, strict=True) if f == number]
        linear = train(seen, kinds)
        scores[folds == number] = linear.scores(unseen)
        calibration = np.ones(len(kinds)), np.zeros(len(kinds))
        write(scratch, parameters(linear, calibration, kinds, kinds, ""))
        agree += same_labels(load_model(scratch), unseen, scores[folds == number])
        scratch.unlink()
    chances = np.zeros(truth.shape)
    for number in range(FOLDS):
        others = (folds != number) & (folds >= 0)
        chances[folds == number] = probabilities(
            scores[folds == number], *calibrated(scores[others], truth[others])
        )
    tested = folds >= 0
    return Judged(scores[tested], chances[tested], agree)


def same_labels(model: Model, texts: Sequence[str], scores: np.ndarray[Any, Any], limit: float = -0.5) -> int:
    """Units with the same kinds by scikit-learn's scores and by the shipped scorer, both cut at one score."""
    own = [model.scores(t) or list(model.intercepts) for t in texts]
    return int(((np.array(own) >= limit) == (scores >= limit)).all(axis=1).sum())


def expected_calibration_error(chances: np.ndarray[Any, Any], truth: np.ndarray[Any, Any], bins: int = 10) -> float:
    """The mean distance between probability and frequency over ten bins of all (unit, kind) pairs."""
    flat, wanted = chances.ravel(), truth.ravel()
    which = np.minimum((flat * bins).astype(int), bins - 1)
    gaps = [abs(flat[which == b].mean() - wanted[which == b].mean()) * (which == b).mean()
            for b in range(bins) if (which == b).any()]  # fmt: skip
    return float(sum(gaps))


def keyword_baseline(examples: Sequence[Example], kinds: Sequence[str], engine: Engine) -> dict[str, Any]:
    """What the words of lexicons/clauses say: `any` word present, or the kind with the `most` different words."""
    hits = np.zeros((len(examples), len(kinds)))
    for k, kind in enumerate(kinds):
        patterns = [compiled(p) for p in (engine.lexicon.clauses[kind].words if kind in engine.lexicon.clauses else ())]
        for i, example in enumerate(examples):
            hits[i, k] = len({m[0] for p in patterns for m in p.finditer(example.words)})
    most = (hits > 0) & (hits == hits.max(axis=1, keepdims=True))
    return {"any": hits > 0, "most": most}


def macro(truth: np.ndarray[Any, Any], said: np.ndarray[Any, Any]) -> float:
    return round(float(f1_score(truth, said, average="macro", zero_division=0)), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="contracts, one folder per source family")
    parser.add_argument("-o", "--output", type=Path, default=HERE, help="where the parameters and the card go")
    parser.add_argument("--without-own", action="store_true", help="leave out our own contracts")
    parser.add_argument("--date", default=dt.date.today().isoformat(), help="the date that the card bears")
    arguments = parser.parse_args()
    engine, headings = Engine.load(), Headings.load()
    raw = [e for folder in arguments.folders for e in examples_of(families_of(folder), headings, engine)]
    own = [] if arguments.without_own else list(own_examples(headings, engine))
    examples = without_doubles([*raw, *own])
    count = Counter(k for e in examples for k in e.kinds)
    kinds = [k for k in headings.names if count[k] >= FEWEST_EXAMPLES]
    folds, truth = folds_of(examples), np.array([[k in e.kinds for k in kinds] for e in examples])
    tested = folds >= 0
    judged = judge(examples, folds, truth, kinds, arguments.output / "clause_kinds.part.npz")
    final = train(examples, kinds)
    digest = hashlib.sha256("\n".join(sorted(e.words for e in examples)).encode()).hexdigest()[:12]
    names = [headings.names[k] for k in kinds]
    arrays = parameters(final, calibrated(judged.scores, truth[tested]), kinds, names, digest)
    target = arguments.output / "clause_kinds.npz"
    sha = write(target, arrays)
    chosen = [e for e, t in zip(examples, tested, strict=True) if t]
    baseline = keyword_baseline(chosen, kinds, engine)
    card = _card(arguments.date, examples, judged, truth[tested], kinds, baseline, engine)
    card |= {"file": {"name": target.name, "bytes": target.stat().st_size, "sha256": sha, "data": digest}}
    text = yaml.safe_dump(card, allow_unicode=True, sort_keys=False, width=120)
    card_file = arguments.output / "clause_kinds.yaml"
    card_file.write_text("# 条款分类模型：数据、分数、基线和版本\n" + text, encoding="utf-8")
    print(text)


def _card(date: str, examples: list[Example], judged: Judged, truth: np.ndarray[Any, Any], kinds: list[str],
          baseline: dict[str, np.ndarray[Any, Any]], engine: Engine) -> dict[str, Any]:  # fmt: skip
    said = judged.chances >= THRESHOLD
    with_words = [i for i, k in enumerate(kinds) if k in engine.lexicon.clauses]
    families = {e.family for e in examples} - {OWN}
    each = f1_score(truth, said, average=None, zero_division=0)
    micro: Callable[..., float] = f1_score
    return {
        "what": "条款种类：一段条文讲的是什么；每个种类一个线性判断（LinearSVC），概率经 sigmoid 校准，"
                "可以同时属于几类，都低于阈值的为“未知”",
        "features": "字符 1–2 元组（至少见于 4 个来源、4 个单元），对数词频 × 逆文档频率，向量归一",
        "date": date, "seed": SEED, "threshold": THRESHOLD,
        "versions": {"python": sys.version.split()[0], "scikit-learn": sklearn.__version__, "numpy": np.__version__},
        "data": {
            "families": len(families), "units": len(examples), "own_units": sum(e.family == OWN for e in examples),
            "of_no_kind": sum(not e.kinds for e in examples),
            "split": f"按来源（目录）分 {FOLDS} 折交叉验证，同一来源不会同时用来训练和测试；自拟文本只用来训练",
        },
        "scores": {
            "tested_units": len(truth), "macro_f1": macro(truth, said),
            "micro_f1": round(float(micro(truth, said, average="micro")), 4),
            "macro_f1_kinds_with_keywords": macro(truth[:, with_words], said[:, with_words]),
            "expected_calibration_error": round(expected_calibration_error(judged.chances, truth), 4),
            "labels_identical_to_scikit_learn": f"{judged.identical}/{len(truth)}",
        },
        "baseline": {
            "what": "词库 lexicons/clauses 的词，同一测试集：any 为出现任一词，most 为命中不同词最多的种类",
            "macro_f1_any": macro(truth[:, with_words], baseline["any"][:, with_words]),
            "macro_f1_most": macro(truth[:, with_words], baseline["most"][:, with_words]),
        },
        "kinds": {k: {"units": int(truth[:, i].sum()), "f1": round(float(each[i]), 3)} for i, k in enumerate(kinds)},
    }  # fmt: skip


if __name__ == "__main__":
    main()
