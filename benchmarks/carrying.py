"""Are comments carried to the right place of a new version? Run: .venv/bin/python benchmarks/carrying.py

Over generated pairs of edited documents: the share of passages placed rightly, those left to a person, those placed
wrongly, those wrongly placed as if untouched; then the time for 200 comments on a document of 100 pages.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from edited_documents import KIND_NAMES, Pair, all_pairs, make_pair

from reviewer.domain import Block, Document, Line, Span
from reviewer.office.alignment import Version, version_of
from reviewer.office.carrying import Carried, Standing, carry
from reviewer.pipeline import Engine

RIGHT, DOUBT, WRONG, SILENT = "放对", "交人工", "放错", "未声明地放错"
PASS = 0.95


def version(engine: Engine, text: str) -> Version:
    """The text as the office sees it: read and understood."""
    blocks, at = [], 0
    for line in text.split("\n"):
        if line:
            blocks.append(Block(Span(at, at + len(line))))
        at += len(line) + 1
    document = Document("x.txt", hashlib.sha256(text.encode()).hexdigest(), "txt", text, tuple(blocks))
    return version_of(engine.understand(document, Line.CONTRACT))


def verdict(carried: Carried, fate: str, after: Span | None) -> str:
    """How a carried place compares with where the passage really is."""
    if after is None:
        return RIGHT if carried.span is None else (SILENT if carried.standing is Standing.KEPT else WRONG)
    if carried.standing is Standing.UNSURE:
        return DOUBT
    if carried.span is None:
        return WRONG
    if fate == "kept":
        if carried.span == after and carried.standing is Standing.KEPT:
            return RIGHT
    elif carried.standing is Standing.CHANGED and 2 * _common(carried.span, after) >= len(after):
        return RIGHT
    return SILENT if carried.standing is Standing.KEPT else WRONG


def _common(a: Span, b: Span) -> int:
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def score(engine: Engine, pair: Pair) -> Counter[str]:
    found = carry(version(engine, pair.old), version(engine, pair.new), [p for p, _, _ in pair.passages])
    return Counter(verdict(c, fate, after) for c, (_, fate, after) in zip(found, pair.passages, strict=True))


def main() -> int:
    engine = Engine.load()
    pairs, total = all_pairs(), Counter[str]()
    for kind in KIND_NAMES:
        own = sum((score(engine, p) for p in pairs if p.kind == kind), Counter[str]())
        total += own
        print(f"{KIND_NAMES[kind]:　<6}", *(f"{name} {own[name]:>4}" for name in (RIGHT, DOUBT, WRONG, SILENT)))
    count = total.total()
    share = total[RIGHT] / count
    print(f"{len(pairs)} 对文档，{count} 处：放对 {share:.1%}，交人工 {total[DOUBT] / count:.1%}，"
          f"放错 {total[WRONG] / count:.1%}，未声明地放错 {total[SILENT]}")  # fmt: skip
    seconds, characters, comments = timed(engine)
    print(f"{comments} 条意见 × {characters // 900} 页（{characters} 字）：{seconds:.2f} 秒")
    return 0 if share >= PASS and total[SILENT] == 0 and seconds <= 2 else 1


def timed(engine: Engine) -> tuple[float, int, int]:
    """Carrying 200 comments between two versions of 100 pages, after both were read."""
    pair = make_pair("everything", 1, clauses=430, share=0.35)
    old, new = version(engine, pair.old), version(engine, pair.new)
    spans = [p for p, _, _ in pair.passages][:: max(1, len(pair.passages) // 200)][:200]
    start = time.perf_counter()
    carry(old, new, spans)
    return time.perf_counter() - start, len(pair.old), len(spans)


if __name__ == "__main__":
    sys.exit(main())
