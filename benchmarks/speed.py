"""Speed: warm review and fresh process on a 20-page .docx and text PDF, against extraction alone in the same run,
growth with length and with the number of rules. `python benchmarks/speed.py` prints a table; nothing is asserted.

Two times are printed: by the clock, which other work on the machine lengthens, and of the processor (of this process
and, for the fresh process, of all that it starts), by which runs on a busy machine can be compared.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from documents import write_docx, write_pdf

from reviewer import readers
from reviewer.pipeline import Engine
from reviewer.scan import literal_scanner

ON = dt.date(2026, 11, 21)
ROUNDS = 7


class Taken(NamedTuple):
    """Seconds by the clock and of the processor."""

    clock: float
    processor: float


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> Taken:
    """The medians of several runs after one that is not counted."""
    work()
    times = []
    for _ in range(rounds):
        start, used = time.perf_counter(), _used()
        work()
        times.append((time.perf_counter() - start, _used() - used))
    return Taken(*map(statistics.median, zip(*times, strict=True)))


def _used() -> float:
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def row(name: str, value: Taken, limit: str, note: str = "") -> None:
    print(f"{name:<44}{value.clock:>9.3f} s{value.processor:>9.3f} s  {limit:<10}{note}")


def warm(engine: Engine, folder: Path) -> None:
    for kind, path in (("docx", write_docx(folder / "20.docx", 20)), ("pdf", write_pdf(folder / "20.pdf", 20))):
        extraction = seconds(lambda path=path: readers.read(path))
        review = seconds(lambda path=path: engine.review_file(path, on=ON))
        row(f"20-page {kind}: extraction alone", extraction, "")
        times = review.processor / extraction.processor
        row(f"20-page {kind}: warm review", review, "≤ 0.15", f"{times:.1f}× extraction (≤ 5×)")
        findings = engine.review_file(path, on=ON).findings
        print(f"    {len(readers.read(path).text)} characters, {len(findings)} findings")


def fresh(folder: Path) -> None:
    command = [sys.executable, "-m", "reviewer", "check", str(folder / "20.docx"), "--on", ON.isoformat()]
    process = seconds(lambda: subprocess.run(command, capture_output=True, check=False))
    row("20-page docx: fresh process", process, "≤ 0.9")


def growth(engine: Engine, folder: Path) -> None:
    base = seconds(lambda: engine.review_file(folder / "20.docx", on=ON))
    path = write_docx(folder / "200.docx", 200)
    long = seconds(lambda: engine.review_file(path, on=ON), 3)
    row("200-page docx: warm review", long, "", f"{long.processor / base.processor:.1f}× of 20 pages (10 = linear)")


def more_rules(engine: Engine, folder: Path) -> None:
    """The time of the whole handbook against a tenth of it."""
    rules = engine.lexicon.rules
    tenth = replace(engine.lexicon, rules=rules[::10])
    small = replace(engine, lexicon=tenth, scan=literal_scanner(engine.lexicon.literals))
    a = seconds(lambda: small.review_file(folder / "20.docx", on=ON))
    b = seconds(lambda: engine.review_file(folder / "20.docx", on=ON))
    row(f"{len(rules)} rules against {len(tenth.rules)}", b, "≤ 2×", f"{b.processor / a.processor:.2f}× the time")


def loading() -> None:
    row("lexicon and catalogue, from the cache", seconds(Engine.load, 5), "")
    from reviewer.checkers import forms
    from reviewer.lexicon import load
    from reviewer.places import LEXICONS

    cached = Path(tempfile.gettempdir()) / "reviewer-benchmark-lexicon.msgpack"
    row("  compiled lexicon alone", seconds(lambda: load((LEXICONS,), forms(), cached=cached), 5), "≤ 0.06")
    cached.unlink(missing_ok=True)


def main() -> None:
    engine = Engine.load()
    print(f"{len(engine.lexicon.rules)} rules, {len(engine.lexicon.literals)} literals, "
          f"{len(engine.catalogue.laws)} laws")  # fmt: skip
    print(f"{'':<44}{'clock':>11}{'processor':>11}  limit")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warm(engine, folder)
        fresh(folder)
        growth(engine, folder)
        more_rules(engine, folder)
    loading()


if __name__ == "__main__":
    main()
