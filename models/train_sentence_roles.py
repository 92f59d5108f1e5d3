"""Measure sentence roles (许可, 处罚, …) on our own sentences: `python models/train_sentence_roles.py [FILE…]`.

data/sentence_roles.tsv holds sentences of our own writing, labelled by hand. Each batch (one field of administration)
is judged by a model that has seen only the others. The baseline is a list of telling words for each role. With FILEs
it also prints what the model makes of every sentence in which a power_setting rule found something: those that it
takes for harmless would be suppressed. It ships nothing: the figures are in benchmarks/models.md.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import classification_report, f1_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from reviewer.domain import fold

SEED = 20261121
DATA = Path(__file__).parent / "data" / "sentence_roles.tsv"
POWERS = {"许可", "处罚", "强制", "收费", "义务"}
WORDS = {
    "引用上位法": "《|依照|法律、法规|依法追究|从其规定|国家和省",
    "定义": "所称|是指|系指|包括|，指|指",
    "处罚": "罚款|警告|没收|吊销|通报批评|取消资格|停业",
    "强制": "查封|扣押|强制|暂扣|封存|冻结|代履行|强行",
    "收费": "费|保证金|押金|元",
    "许可": "批准|许可|审批|核准|证后|同意|准入",
    "权利": "有权|可以|享有",
    "程序": "日内|公示|告知|送达|签字|报告",
    "义务": "应当|不得|禁止|必须",
}


def sentences(path: Path = DATA) -> tuple[list[str], np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Sentences, their roles and their batches."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [fold(r[2]) for r in rows], np.array([r[1] for r in rows]), np.array([int(r[0]) for r in rows])


def by_words(sentence: str) -> str:
    """The first role (most telling words first) of which a word stands in the sentence."""
    return next((role for role, pattern in WORDS.items() if re.search(pattern, sentence)), "义务")


def pipeline() -> Pipeline:
    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    return make_pipeline(words, CalibratedClassifierCV(LinearSVC(C=2.0, random_state=SEED), cv=5))


def calibration_error(chances: np.ndarray, truth: np.ndarray, bins: int = 10) -> float:  # type: ignore[type-arg]
    """The mean distance between the probability of the answer and how often it is right."""
    which = np.minimum((chances * bins).astype(int), bins - 1)
    return float(sum(abs(chances[which == b].mean() - truth[which == b].mean()) * (which == b).mean()
                     for b in range(bins) if (which == b).any()))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    texts, roles, batches = sentences()
    said, chance = np.empty(len(roles), dtype=object), np.zeros(len(roles))
    for batch in sorted(set(batches)):
        seen, unseen = np.flatnonzero(batches != batch), np.flatnonzero(batches == batch)
        model = pipeline().fit([texts[i] for i in seen], roles[seen])
        found = model.predict_proba([texts[i] for i in unseen])
        said[unseen], chance[unseen] = model.classes_[found.argmax(axis=1)], found.max(axis=1)
    answer, words = said.astype(str), np.array([by_words(t) for t in texts])
    print(f"{len(texts)} sentences, {len(set(batches))} batches")
    print(f"words: macro-F1 {f1_score(roles, words, average='macro'):.3f}")
    print(f"model: macro-F1 {f1_score(roles, answer, average='macro'):.3f}, calibration error "
          f"{calibration_error(chance, answer == roles):.3f}")  # fmt: skip
    print(classification_report(roles, answer, digits=3))
    if arguments.files:
        _on_documents(pipeline().fit(texts, roles), arguments.files)


def _on_documents(model: Pipeline, files: list[Path]) -> None:
    from reviewer.pipeline import Engine

    engine = Engine.load()
    for path in files:
        review = engine.review_file(path)
        for finding in (f for f in review.findings if f.category == "power_setting"):
            sentence = review.draft.sentence_at(finding.span.start).of(review.draft.folded)
            chances = model.predict_proba([sentence])[0]
            role = model.classes_[chances.argmax()]
            verdict = "kept" if role in POWERS else "suppressed"
            print(f"{path.name}\t{verdict}\t{role} {chances.max():.2f}\t{sentence[:60]}")


if __name__ == "__main__":
    main()
