"""Train the clause kinds: `python models/train_clause_kinds.py FOLDER… --test FOLDER` writes the parameters and card.

FOLDER holds contracts in one folder per source family. Units are labelled by hand or by their headings (clause_data);
a heading is never shown to the model. Our own model contracts and model clauses are added as one more family that is
only trained on. Families that are held out, and everything under --test, are never trained on. Scores on the other
families come from cross-validation over whole families. The same folders and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import io
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
import yaml
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.linear_model import LogisticRegression

from models.clause_data import (
    OWN,
    Example,
    Headings,
    cues,
    examples_of,
    families_of,
    hand_labels,
    own_examples,
    twice_read,
    without_doubles,
)
from models.clause_linear import SEED, Floats, Linear, marks, train
from reviewer.patterns import compiled
from reviewer.pipeline import Engine
from reviewer.understanding.clause_kinds import FORMAT, OFFSET, Model
from reviewer.understanding.clause_kinds import load as load_model

HERE = Path(__file__).parent
FOLDS = 5
FEWEST_EXAMPLES = 20
ORDINARY = 20.0  # the weight of a dev unit in the calibration: those to train on were chosen because they are hard
BESIDE = 4  # thresholds on either side that one is averaged with
FEW_TESTED = 5  # kinds with fewer tested units are told apart in the mean


# ---------------------------------------------------------------- probability


@dataclass(frozen=True)
class Calibration:
    """From scores to probabilities by a sigmoid, and the probability from which a kind is told."""

    slopes: Floats
    shifts: Floats
    thresholds: Floats

    def chances(self, scores: Floats) -> Floats:
        return np.asarray(1 / (1 + np.exp(-(scores * self.slopes + self.shifts))))


def calibrated(scores: Floats, truth: Floats, unclear: Floats, trust: Floats) -> Calibration:
    """Fitted to scores that the model gave to what it had not seen; each threshold halfway to that of all kinds.

    What a threshold gives is averaged with its neighbours: a peak that one unit makes says nothing of other contracts.
    """
    clear = ~unclear
    slopes, shifts = [], []
    for k in range(truth.shape[1]):
        seen, wanted = scores[clear[:, k], k].reshape(-1, 1), truth[clear[:, k], k]
        if 0 < wanted.sum() < len(wanted):
            sigmoid = LogisticRegression(C=1e4).fit(seen, wanted, sample_weight=trust[clear[:, k]])
            slopes.append(float(sigmoid.coef_[0, 0]))
            shifts.append(float(sigmoid.intercept_[0]))
        else:
            slopes.append(1.0)
            shifts.append(-4.0)
    plain = Calibration(np.array(slopes), np.array(shifts), np.full(truth.shape[1], 0.5))
    chances = plain.chances(scores)
    grid = np.arange(0.05, 0.76, 0.025)
    reached = np.array([f1_of_each(truth, chances >= limit, unclear, trust) for limit in grid])
    around = sliding_window_view(np.pad(reached, ((BESIDE, BESIDE), (0, 0)), mode="edge"), 2 * BESIDE + 1, axis=0)
    scored = around.mean(axis=-1)
    common, each = grid[scored.mean(axis=1).argmax()], grid[scored.argmax(axis=0)]
    return Calibration(plain.slopes, plain.shifts, np.round((each + common) / 2, 3))


# ---------------------------------------------------------------- parameters as plain arrays


def parameters(linear: Linear, calibration: Calibration, kinds: Sequence[str], names: Sequence[str],
               version: str) -> dict[str, Floats]:  # fmt: skip
    """What is shipped: the weights times rarity's unit, in 22 bits each."""
    effective = linear.weights.T * linear.features.rarity[:, None]
    scale = (OFFSET - 1) / max(np.abs(effective).max(), 1e-9)
    stored = np.round(effective * scale).astype(int) + OFFSET
    return {
        "format": _letters(FORMAT), "version": _letters(version), "kinds": _letters("\n".join(kinds)),
        "names": _letters("\n".join(names)), "vocabulary": _letters("\n".join(linear.features.vocabulary)),
        "rarity": linear.features.rarity, "weights": stored.astype("<u4"),
        "intercepts": linear.intercepts.astype("<f8"), "slopes": calibration.slopes.astype("<f8"),
        "shifts": calibration.shifts.astype("<f8"), "thresholds": calibration.thresholds.astype("<f8"),
        "scale": np.array([scale], dtype="<f8"),
    }  # fmt: skip


def _letters(text: str) -> Floats:
    return np.frombuffer(text.encode("utf-8"), dtype="u1")


def write(path: Path, arrays: dict[str, Floats]) -> str:
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


def folds_of(examples: Sequence[Example]) -> Floats:
    """The fold in which each example is tested, -1 for our own; families stay together, folds are of similar size."""
    sizes = Counter(e.family for e in examples if e.family != OWN)
    load, fold_of = [0] * FOLDS, {OWN: -1}
    for family, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold_of[family] = load.index(min(load))
        load[fold_of[family]] += size
    return np.array([fold_of[e.family] for e in examples])


def unseen_scores(examples: list[Example], kinds: list[str], hints: dict[str, tuple[str, ...]], scratch: Path) \
        -> tuple[Floats, Floats, int]:  # fmt: skip
    """Scores by models that saw no other unit of the family; which were tested; how many labels agree."""
    folds = folds_of(examples)
    scores, agree = np.zeros((len(examples), len(kinds))), 0
    for number in range(FOLDS):
        linear = train([e for e, f in zip(examples, folds, strict=True) if f != number], kinds, hints)
        unseen = [e.words for e, f in zip(examples, folds, strict=True) if f == number]
        scores[folds == number] = linear.scores(unseen)
        flat = Calibration(*(np.ones(len(kinds)) for _ in range(3)))
        write(scratch, parameters(linear, flat, kinds, kinds, ""))
        agree += same_labels(load_model(scratch), unseen, scores[folds == number])
        scratch.unlink()
    return scores, folds >= 0, agree


def same_labels(model: Model, texts: Sequence[str], scores: Floats, limit: float = -0.4) -> int:
    """Units with the same kinds by scikit-learn's scores and by the shipped scorer, both cut at one score."""
    own = [model.scores(t) or list(model.intercepts) for t in texts]
    return int(((np.array(own) >= limit) == (scores >= limit)).all(axis=1).sum())


def expected_calibration_error(chances: Floats, truth: Floats, bins: int = 10) -> float:
    """The mean distance between probability and frequency over ten bins of all (unit, kind) pairs."""
    flat, wanted = chances.ravel(), truth.ravel()
    which = np.minimum((flat * bins).astype(int), bins - 1)
    gaps = [abs(flat[which == b].mean() - wanted[which == b].mean()) * (which == b).mean()
            for b in range(bins) if (which == b).any()]  # fmt: skip
    return float(sum(gaps))


def keyword_baseline(examples: Sequence[Example], kinds: Sequence[str], engine: Engine) -> dict[str, Floats]:
    """What the words of lexicons/clauses say: `any` word present, or the kind with the `most` different words."""
    hits = np.zeros((len(examples), len(kinds)))
    for k, kind in enumerate(kinds):
        patterns = [compiled(p) for p in (engine.lexicon.clauses[kind].words if kind in engine.lexicon.clauses else ())]
        for i, example in enumerate(examples):
            hits[i, k] = len({m[0] for p in patterns for m in p.finditer(example.words)})
    return {"any": hits > 0, "most": (hits > 0) & (hits == hits.max(axis=1, keepdims=True))}


def f1_of_each(truth: Floats, said: Floats, unclear: Floats, trust: Floats | None = None) -> Floats:
    """F1 of each kind; what is arguable counts neither for nor against."""
    weight = np.ones((len(truth), 1)) if trust is None else trust[:, None]
    right = (weight * (truth & said & ~unclear)).sum(axis=0)
    wrong = (weight * ((truth ^ said) & ~unclear)).sum(axis=0)
    return np.asarray(2 * right / np.maximum(2 * right + wrong, 1))


def figures(examples: Sequence[Example], kinds: Sequence[str], chances: Floats, limits: Floats, engine: Engine) \
        -> dict[str, Any]:  # fmt: skip
    """Macro-F1 of the model and of the keywords, calibration and F1 of each kind on one set of units."""
    truth, unclear = marks(examples, kinds)
    each, said = f1_of_each(truth, chances >= limits, unclear), chances >= limits
    told, worded = truth.sum(axis=0), np.array([k in engine.lexicon.clauses for k in kinds])
    some, both = told >= FEW_TESTED, (told >= FEW_TESTED) & worded
    right, wrong = (truth & said & ~unclear).sum(), ((truth ^ said) & ~unclear).sum()
    words = {name: f1_of_each(truth, hits, unclear) for name, hits in keyword_baseline(examples, kinds, engine).items()}
    return {
        "units": len(examples), "kinds": int(some.sum()), "macro_f1": _round(each[some].mean()),
        "micro_f1": _round(2 * right / max(2 * right + wrong, 1)),
        "macro_f1_kinds_with_keywords": _round(each[both].mean()),
        "keywords_any": _round(words["any"][both].mean()), "keywords_most": _round(words["most"][both].mean()),
        "expected_calibration_error": _round(expected_calibration_error(chances[~unclear], truth[~unclear])),
        "each": {k: f"{each[i]:.2f} ({told[i]})" for i, k in enumerate(kinds)},
    }  # fmt: skip


def _round(value: Any) -> float:
    return round(float(value), 4)


# ---------------------------------------------------------------- command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="contracts, one folder per source family")
    parser.add_argument("--test", nargs="*", default=[], type=Path, help="contracts that are only tested on")
    parser.add_argument("-o", "--output", type=Path, default=HERE, help="where the parameters and the card go")
    parser.add_argument("--without-own", action="store_true", help="leave out our own contracts")
    parser.add_argument("--date", default=dt.date.today().isoformat(), help="the date that the card bears")
    arguments = parser.parse_args()
    engine, headings, labels = Engine.load(), Headings.load(), hand_labels()
    raw = [e for f in arguments.folders for e in examples_of(families_of(f), headings, engine, labels)]
    only_tested = [e for f in arguments.test for e in examples_of(families_of(f), headings, engine, labels)]
    raw += [e for e in only_tested if e.part == "test"]
    own = [] if arguments.without_own else list(own_examples(headings, engine))
    examples = without_doubles([*raw, *own])
    seen = [e for e in examples if e.part == "train"]
    count = Counter(k for e in seen for k in e.kinds)
    kinds = [k for k in headings.names if count[k] >= FEWEST_EXAMPLES]
    hints = {k: words for k, words in cues().items() if k in kinds}
    scores, tested, agree = unseen_scores(seen, kinds, hints, arguments.output / "clause_kinds.part.npz")
    final = train(seen, kinds, hints)
    sets = {part: [e for e in examples if e.part == part] for part in ("none", "dev", "test")}
    given = {part: final.scores([e.words for e in units]) for part, units in sets.items()}
    by_hand = np.array([e.by == "hand" for e in seen]) & tested
    chosen = [e for e, h in zip(seen, by_hand, strict=True) if h] + sets["dev"]
    trust = np.array([ORDINARY if e.part == "dev" else 1.0 for e in chosen])
    calibration = calibrated(np.vstack([scores[by_hand], given["dev"]]), *marks(chosen, kinds), trust)
    digest = hashlib.sha256("\n".join(sorted(e.words for e in seen)).encode()).hexdigest()[:12]
    target = arguments.output / "clause_kinds.npz"
    sha = write(target, parameters(final, calibration, kinds, [headings.names[k] for k in kinds], digest))
    shipped = load_model(target)
    agree += sum(same_labels(shipped, [e.words for e in sets[p]], given[p]) for p in sets)
    headed = tested & ~by_hand
    judged = {
        "headings_cross_validated": ([e for e, h in zip(seen, headed, strict=True) if h], scores[headed]),
        "headings_held_out": (sets["none"], given["none"]), "hand_labels_dev": (sets["dev"], given["dev"]),
        "hand_labels_test": (sets["test"], given["test"]),
        "test_where_two_readings_agree": (list(twice_read(sets["test"])), given["test"]),
    }  # fmt: skip
    found = {name: figures(units, kinds, calibration.chances(values), calibration.thresholds, engine)
             for name, (units, values) in judged.items() if units}  # fmt: skip
    total = int(tested.sum()) + sum(len(units) for units in sets.values())
    card = _card(arguments.date, seen, kinds, calibration, found, f"{agree}/{total}")
    card |= {"file": {"name": target.name, "bytes": target.stat().st_size, "sha256": sha, "data": digest}}
    text = yaml.safe_dump(card, allow_unicode=True, sort_keys=False, width=120)
    card_file = arguments.output / "clause_kinds.yaml"
    card_file.write_text("# 条款分类模型：数据、分数、基线和版本\n" + text, encoding="utf-8")
    print(text)


def _card(date: str, seen: list[Example], kinds: list[str], calibration: Calibration, found: dict[str, Any],
          agreed: str) -> dict[str, Any]:  # fmt: skip
    return {
        "what": "条款种类：一段条文讲的是什么；每个种类一个线性判断（LinearSVC），概率经 sigmoid 校准，"
                "可以同时属于几类，都低于各自阈值的为“未知”",
        "features": "字符 1–2 元组（至少见于 3 个来源、3 个单元）、提示词和最能区分种类的 3–4 字短语，"
                    "对数词频 × 逆文档频率，按句归一，整段是各句之和；同一种类的提示词另有一个共用的权重；"
                    "得分取整段（0.6）和最像的一句（0.4）之间，别的种类更像的，扣去其超出部分的 0.15；"
                    "各方名称（甲方、出租人……）读作同一个",
        "date": date, "seed": SEED,
        "versions": {"python": sys.version.split()[0], "scikit-learn": sklearn.__version__, "numpy": np.__version__},
        "data": {
            "families": len({e.family for e in seen} - {OWN}), "units": len(seen),
            "labelled_by_hand": sum(e.by == "hand" for e in seen), "own_units": sum(e.family == OWN for e in seen),
            "of_no_kind": sum(not e.kinds for e in seen),
            "split": f"训练来源内部按来源（目录）分 {FOLDS} 折交叉验证；held_out 的来源和 --test 的合同从不用来训练，"
                     "dev 部分用来定概率和阈值，test 部分只用来测试；自拟文本只用来训练",
        },
        "labels_identical_to_scikit_learn": agreed,
        "scores": found,
        "thresholds": {k: float(t) for k, t in zip(kinds, calibration.thresholds, strict=True)},
    }  # fmt: skip


if __name__ == "__main__":
    main()
