"""Accuracy on our own labelled documents: recall, precision and traps hit, in total and by category.

`python benchmarks/accuracy.py [--misses]` reviews corpus_samples/<line>/<name>/ (a document and expected.yaml) and
corpus_samples/passages/*.yaml (lists of short texts with their labels). A label is found when a finding of its
category, or of one it allows, overlaps its quote; a finding that no label explains is a false alarm.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from reviewer.domain import Document, Finding, Line, Review, Span
from reviewer.handbook import example_document
from reviewer.pipeline import Engine
from reviewer.places import SAMPLES
from reviewer.readers import read

ON = dt.date(2026, 11, 21)
SLACK = 10


@dataclass(frozen=True)
class Sample:
    name: str
    document: Document
    line: Line | None
    type: str | None
    labels: list[dict[str, Any]]
    traps: list[dict[str, Any]]


@dataclass
class Tally:
    found: int = 0
    labels: int = 0
    explained: int = 0
    findings: int = 0
    traps_hit: int = 0
    traps: int = 0
    clean_documents: int = 0
    clean_with_findings: int = 0
    characters: int = 0
    by_category: dict[str, list[int]] = field(default_factory=lambda: collections.defaultdict(lambda: [0, 0, 0]))


def samples() -> Iterator[Sample]:
    for expected in sorted(SAMPLES.glob("*/*/expected.yaml")):
        source = next(p for p in sorted(expected.parent.iterdir()) if p.suffix not in (".yaml", ".md"))
        yield _sample(expected.parent.name, read(source), yaml.safe_load(expected.read_text(encoding="utf-8")))
    for path in sorted(SAMPLES.glob("passages/*.yaml")):
        for raw in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield _sample(f"{path.stem}/{raw['id']}", example_document(raw["text"].strip()), raw)


def _sample(name: str, document: Document, raw: dict[str, Any]) -> Sample:
    line = {"tender": "contract"}.get(raw.get("line", ""), raw.get("line"))
    return Sample(name, document, Line(line) if line else None, raw.get("type"), raw.get("labels") or [],
                  raw.get("traps") or [])  # fmt: skip


def places(text: str, quotes: list[str]) -> list[Span]:
    found = []
    for quote in quotes:
        start = text.find(quote)
        while start >= 0:
            found.append(Span(start, start + len(quote)))
            start = text.find(quote, start + 1)
    return found


def explains(label: dict[str, Any], finding: Finding, text: str) -> bool:
    if finding.category not in {label["category"], *label.get("also", [])}:
        return False
    if "missing" in label and finding.category == "missing_clause":
        return finding.clause == label["missing"]
    if not label.get("quote"):
        return True
    spans = places(text, [label["quote"], *label.get("also_at", [])])
    if not spans:
        raise SystemExit(f"quote not in the text: {label['quote']}")
    own = (finding.span, *finding.also_at)
    return any(Span(s.start - SLACK, s.end + SLACK).overlaps(f) for s in spans for f in own)


def judge(sample: Sample, review: Review, tally: Tally) -> Iterator[str]:
    text, findings = sample.document.text, review.findings
    tally.characters += len(text)
    for label in sample.labels:
        hit = any(explains(label, f, text) for f in findings)
        tally.labels += 1
        tally.found += hit
        tally.by_category[label["category"]][0] += hit
        tally.by_category[label["category"]][1] += 1
        if not hit:
            yield f"MISS  {sample.name} {label['category']} {label.get('missing') or label.get('quote')}"
    for finding in findings:
        tally.findings += 1
        if any(explains(label, finding, text) for label in sample.labels):
            tally.explained += 1
        else:
            tally.by_category[finding.category][2] += 1
            yield f"FALSE {sample.name} {finding.rule} “{finding.excerpt[:40]}”"
    for trap in sample.traps:
        hit = any(f.category == trap["category"] and s.overlaps(f.span) for f in findings
                  for s in places(text, [trap["quote"]]))  # fmt: skip
        tally.traps += 1
        tally.traps_hit += hit
        if hit:
            yield f"TRAP  {sample.name} {trap['category']} {trap['quote']}"
    if not sample.labels:
        tally.clean_documents += 1
        tally.clean_with_findings += bool(findings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="list what was missed, false alarms and traps hit")
    arguments = parser.parse_args()
    engine, tally, count = Engine.load(), Tally(), 0
    for sample in samples():
        count += 1
        review = engine.review(sample.document, on=ON, line=sample.line, type=sample.type)
        for sentence in judge(sample, review, tally):
            if arguments.misses:
                print(sentence)
    print(f"{count} documents and passages, {tally.characters} characters")
    print(f"{tally.clean_documents} of them without defects, {tally.clean_with_findings} of those with a finding")
    print(f"recall {tally.found}/{tally.labels} = {tally.found / max(1, tally.labels):.3f}; "
          f"precision {tally.explained}/{tally.findings} = {tally.explained / max(1, tally.findings):.3f}; "
          f"traps hit {tally.traps_hit}/{tally.traps}")  # fmt: skip
    print(f"{'category':<18}{'found':>6}{'labels':>8}{'false alarms':>14}")
    for category, (hit, labels, wrong) in sorted(tally.by_category.items()):
        print(f"{category:<18}{hit:>6}{labels:>8}{wrong:>14}")


if __name__ == "__main__":
    main()
