"""What our readers read against what LibreOffice reads, and what reading in another process costs.

    python benchmarks/agreement.py FOLDER

Every .docx and .doc of the folder (given by whoever measures; none is part of this project) is also turned into text by
LibreOffice; agreement is 1 − edit distance (insertions and deletions) / characters of both, white space aside. Files
without at least 50 characters in both, and those that one of the two refuses, are listed and not counted.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from documents import write_docx
from rapidfuzz.distance import Indel

from reviewer import isolation, readers
from reviewer.errors import UnreadableFileError
from reviewer.readers import soffice

FEWEST = 50
ROUNDS = 25


def squeezed(text: str) -> str:
    return re.sub(r"\s|​|﻿", "", text)


def office_text(path: Path, folder: Path) -> str:
    """The text that LibreOffice writes; empty when it writes none."""
    command = [soffice.program(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
               "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(folder), str(path)]  # fmt: skip
    subprocess.run(command, capture_output=True, check=False, timeout=120)
    out = folder / f"{path.stem}.txt"
    text = out.read_text(encoding="utf-8-sig") if out.is_file() else ""
    out.unlink(missing_ok=True)
    return text


def agreement(paths: list[Path]) -> None:
    shares: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for path in paths:
            try:
                ours = squeezed(readers.read(path).text)
            except UnreadableFileError as error:
                print(f"    not counted, refused: {error}")
                continue
            theirs = squeezed(office_text(path, Path(name)))
            if min(len(ours), len(theirs)) < FEWEST:
                print(f"    not counted: {path.name}, {len(ours)} and {len(theirs)} characters")
                continue
            share = Indel.normalized_similarity(ours, theirs)
            shares.setdefault(path.suffix.lower(), []).append(share)
            if share < 0.99:
                print(f"    {path.name}: {share:.4f} of {len(theirs)} characters")
    for suffix, found in shares.items():
        mean, lowest = statistics.mean(found), min(found)
        print(f"{suffix}: mean {mean:.4f} over {len(found)} files, lowest {lowest:.4f}  (mean ≥ 0.99)")


def isolation_cost() -> None:
    """A 20-page .docx read here and in the reading process, by turns."""
    with tempfile.TemporaryDirectory() as name, isolation.start() as reader:
        path = write_docx(Path(name) / "20.docx", 20)
        here, there = [], []
        for _ in range(ROUNDS):
            for work, times in ((readers.read, here), (reader.read, there)):
                start = time.perf_counter()
                work(path)
                times.append(time.perf_counter() - start)
    one, other = statistics.median(here), statistics.median(there)
    print(f"20-page .docx: read here {1000 * one:.1f} ms, in the reading process {1000 * other:.1f} ms,"
          f" isolation {1000 * (other - one):.1f} ms (≤ 30 ms)")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    folder = parser.parse_args().folder
    if folder:
        agreement(sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".docx", ".doc")))
    isolation_cost()


if __name__ == "__main__":
    main()
