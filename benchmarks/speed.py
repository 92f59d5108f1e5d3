"""Speed: warm review and fresh process on a 20-page .docx and text PDF, against extraction alone in the same run,
growth with length and with the number of rules. `python benchmarks/speed.py` prints a table; nothing is asserted.
"""

from __future__ import annotations

import datetime as dt
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from documents import write_docx, write_pdf

from reviewer import readers
from reviewer.pipeline import Engine
from reviewer.scan import literal_scanner

ON = dt.date(2026, 11, 21)
ROUNDS = 7


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of several runs after one that is not counted."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def row(name: str, value: float, limit: str, note: str = "") -> None:
    print(f"{name:<44}{value:>9.3f} s  {limit:<12}{note}")


def warm(engine: Engine, folder: Path) -> None:
    for kind, path in (("docx", write_docx(folder / "20.docx", 20)), ("pdf", write_pdf(folder / "20.pdf", 20))):
        extraction = seconds(lambda path=path: readers.read(path))
        review = seconds(lambda path=path: engine.review_file(path, on=ON))
        row(f"20-page {kind}: extraction alone", extraction, "")
        row(f"20-page {kind}: warm review", review, "≤ 0.15", f"{review / extraction:.1f}× extraction")
        findings = engine.review_file(path, on=ON).findings
        print(f"    {len(readers.read(path).text)} characters, {len(findings)} findings")


def fresh(folder: Path) -> None:
    command = [sys.executable, "-m", "reviewer", "check", str(folder / "20.docx"), "--on", ON.isoformat()]
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        times.append(time.perf_counter() - start)
    row("20-page docx: fresh process", statistics.median(times), "≤ 0.9", f"fastest {min(times):.3f}")


def growth(engine: Engine, folder: Path) -> None:
    base = seconds(lambda: engine.review_file(folder / "20.docx", on=ON))
    path = write_docx(folder / "200.docx", 200)
    long = seconds(lambda: engine.review_file(path, on=ON), 3)
    row("200-page docx: warm review", long, "", f"{long / base:.1f}× of 20 pages (10 = linear)")


def more_rules(engine: Engine, folder: Path) -> None:
    """The time of the whole handbook against a tenth of it."""
    rules = engine.lexicon.rules
    tenth = replace(engine.lexicon, rules=rules[::10])
    small = replace(engine, lexicon=tenth, scan=literal_scanner(engine.lexicon.literals))
    a = seconds(lambda: small.review_file(folder / "20.docx", on=ON))
    b = seconds(lambda: engine.review_file(folder / "20.docx", on=ON))
    row(f"{len(rules)} rules against {len(tenth.rules)}", b, "≤ 2×", f"{b / a:.2f}× the time")


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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warm(engine, folder)
        fresh(folder)
        growth(engine, folder)
        more_rules(engine, folder)
    loading()


if __name__ == "__main__":
    main()
