"""Measure whether trained contract types beat the recognition rules: `python models/train_document_types.py FOLDER`.

FOLDER holds contracts in one folder per trade; data/folder_types.yaml says which trades are one contract type. Both are
judged on the same documents, with the title and without it; the model by cross-validation over documents (a whole
trade cannot be left out, for it is the label). Then every type in turn is kept from the model, which must not name a
type for its contracts: the bar is the margin at which it names no more of them than the rules name wrongly. Nothing is
shipped unless the model wins: it prints the figures.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from reviewer.domain import Block, Document, Draft, Line, Span
from reviewer.errors import ReviewerError
from reviewer.pipeline import Engine
from reviewer.readers import read

SEED, FOLDS = 20261121, 5
FALLBACK = "通用合同"
READ = 3000  # characters that the model sees


def untitled(draft: Draft) -> Document:
    """The document from the line after its title, under a name that says nothing."""
    document, start = draft.document, draft.parts.title.end + 1 if draft.parts.title else 0
    blocks = tuple(
        Block(Span(b.span.start - start, b.span.end - start), b.kind) for b in document.blocks if b.span.start >= start
    )
    return replace(document, name="文件.txt", text=document.text[start:], blocks=blocks)


def margins(texts: list[str], labels: np.ndarray[Any, Any], seen: Any, unseen: Any) -> tuple[Any, Any]:
    """The type that the model names for each unseen text, and by how much it beats the next."""
    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=3, sublinear_tf=True)
    model = LinearSVC(C=1.0, random_state=SEED)
    model.fit(words.fit_transform([texts[i] for i in seen]), labels[seen])
    scores = np.sort(model.decision_function(words.transform([texts[i] for i in unseen])), axis=1)
    return model.predict(words.transform([texts[i] for i in unseen])), scores[:, -1] - scores[:, -2]


def open_set(texts: list[str], labels: np.ndarray[Any, Any], ruled: np.ndarray[Any, Any]) -> None:
    """What the model may say where the rules say nothing, if it must keep silent on types it does not know."""
    everything, silent = np.arange(len(labels)), ruled == FALLBACK
    foreign = np.zeros(len(labels))
    for kept_back in sorted(set(labels)):
        away = labels == kept_back
        foreign[away] = margins(texts, labels, everything[~away], everything[away])[1]
    said, margin = np.empty(len(labels), dtype=object), np.zeros(len(labels))
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(labels, labels):
        said[unseen], margin[unseen] = margins(texts, labels, seen, unseen)
    print(f"rules without title: {int(silent.sum())} of {len(labels)} fall back, "
          f"{int(((ruled != labels) & ~silent).sum())} wrong")  # fmt: skip
    for bar in np.arange(0.0, 2.01, 0.25):
        told = silent & (margin >= bar)
        wrong = int((said != labels)[told].sum())
        print(f"margin {bar:.2f}: names {int(told.sum())} that the rules do not, {wrong} wrong;"
              f" of types kept back names {int((silent & (foreign >= bar)).sum())}, all wrong")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    types = yaml.safe_load((Path(__file__).parent / "data" / "folder_types.yaml").read_text(encoding="utf-8"))
    engine = Engine.load()
    wanted: list[str] = []
    texts: dict[str, list[str]] = {"有标题": [], "无标题": []}
    ruled: dict[str, list[str]] = {"有标题": [], "无标题": []}
    contracts = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.parent.name in types):
        try:
            draft = engine.understand(read(path))
        except ReviewerError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        bare = untitled(draft)
        if not bare.text.strip():
            continue
        wanted.append(types[path.parent.name])
        second = engine.understand(bare)
        contracts += second.line is Line.CONTRACT
        for name, one in (("有标题", draft), ("无标题", second)):
            texts[name].append(re.sub(r"[\s\d_]+", "", one.text)[:READ])
            ruled[name].append(one.type)
    labels = np.array(wanted)
    print(f"{len(labels)} contracts of {len(set(wanted))} types; recognised as contracts without title: {contracts}")
    open_set(texts["无标题"], labels, np.array(ruled["无标题"]))
    for name in texts:
        said = np.empty(len(labels), dtype=object)
        for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(labels, labels):
            words = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=3, sublinear_tf=True)
            model = LinearSVC(C=1.0, random_state=SEED)
            model.fit(words.fit_transform([texts[name][i] for i in seen]), labels[seen])
            said[unseen] = model.predict(words.transform([texts[name][i] for i in unseen]))
        for who, answer in (("rules", np.array(ruled[name])), ("model", said.astype(str))):
            right = (answer == labels).mean()
            macro = f1_score(labels, answer, labels=sorted(set(wanted)), average="macro", zero_division=0)
            print(f"{name} {who}: accuracy {right:.3f}, macro-F1 {macro:.3f}")


if __name__ == "__main__":
    main()
