"""A folder of documents of our own making, scored: documents a second, memory a worker, second run, extraction alone.

`python benchmarks/batch.py` prints a table for 1,000 documents: 600 .docx and 400 text PDF of 2 to 40 pages (short
ones more often than long ones), a tenth of them copies, a tenth versions of others, 2 % broken; `folders.py` tells how
they are made. `--growth` does ten times as many as well, `--kills 10` kills the main process at ten random moments and
compares every byte.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from folders import ARCHIVE, WORKERS, make_folder

ON = dt.date(2026, 11, 21)


def command(folder: Path, output: Path) -> list[str]:
    return [sys.executable, "-m", "reviewer", "batch", str(folder), "-o", str(output), "--on", ON.isoformat(),
            "--workers", str(WORKERS)]  # fmt: skip


def processor_seconds() -> float:
    """Of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds(folder: Path, output: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(command(folder, output), capture_output=True, text=True, check=False)
    if done.returncode not in (1, 3):
        raise SystemExit(done.stdout + done.stderr)
    return time.perf_counter() - start


def read_all(paths: list[Path]) -> int:
    from reviewer import readers
    from reviewer.errors import UnreadableFileError

    characters = 0
    for path in paths:
        try:
            characters += len(readers.read(path).text)
        except UnreadableFileError:
            continue
    return characters


def extraction(folder: Path, scratch: Path) -> tuple[float, int]:
    """Reading every different file and nothing else, by as many processes; seconds and characters."""
    scratch.mkdir()
    with zipfile.ZipFile(folder / ARCHIVE) as archive:
        for n, entry in enumerate(archive.infolist()):
            (scratch / f"{n}{Path(entry.filename).suffix}").write_bytes(archive.read(entry))
    paths = {hashlib.sha256(p.read_bytes()).digest(): p for f in (folder, scratch) for p in f.rglob("*.*")}
    some = [p for p in sorted(paths.values()) if p.suffix in (".docx", ".pdf")]
    random.Random(1).shuffle(some)
    chunks = [some[at : at + 20] for at in range(0, len(some), 20)]
    start = time.perf_counter()
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        characters = sum(pool.map(read_all, chunks))
    return time.perf_counter() - start, characters


def row(name: str, value: str, limit: str = "", note: str = "") -> None:
    print(f"{name:<46}{value:>14}  {limit:<14}{note}", flush=True)


def facts(output: Path) -> tuple[int, int, int]:
    """Different documents, failures and the largest worker in MB, as the batch itself noted them."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(output / "results.sqlite")) as results:
        documents = results.execute("SELECT COUNT(*) FROM documents").fetchone()[0]
        failures = results.execute("SELECT COUNT(*) FROM files WHERE status != 'reviewed'").fetchone()[0]
    with closing(sqlite3.connect(output / ".work" / "state.sqlite")) as state:
        peak = state.execute("SELECT value FROM facts WHERE name = 'peak'").fetchone()[0]
    return documents, failures, int(peak) >> 20


def contents(output: Path) -> dict[str, str]:
    """Every file that comes out → its SHA-256."""
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(output.rglob("*"))
        if path.is_file() and ".work" not in path.parts
    }


def killed(folder: Path, output: Path, kills: int, whole: float) -> None:
    """Run, kill -9 at a random moment, run again …; the last run is left alone."""
    rng = random.Random(7)
    for n in range(kills):
        process = subprocess.Popen(command(folder, output), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.3 + rng.random() * whole / kills * 1.5)
        process.send_signal(signal.SIGKILL)
        ended = process.wait()
        print(f"    kill {n + 1}: {'killed' if ended == -signal.SIGKILL else 'had finished'}", flush=True)
    seconds(folder, output)


def measure(folder: Path, output: Path, count: int) -> tuple[float, float]:
    """Prints a run and a second one; seconds and processor seconds of the first."""
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    before = processor_seconds()
    first = seconds(folder, output)
    used = processor_seconds() - before
    documents, failures, peak = facts(output)
    row(f"{count} files ({size >> 20} MB), {documents} different", f"{first:.1f} s")
    row("  files a second", f"{count / first:.1f}", "≥ 35", f"load of the machine {os.getloadavg()[0]:.1f}")
    free = f"{WORKERS} free cores would do {WORKERS * count / used:.1f} files a second"
    row("  processor time", f"{used:.1f} s", "", free)
    row("  different documents a second", f"{documents / first:.1f}")
    row("  largest worker", f"{peak} MB", "≤ 200 MB")
    row("  could not be read", str(failures))
    second = seconds(folder, output)
    row("  second run", f"{second:.2f} s", "≥ 20×", f"{first / second:.0f}× faster")
    kept = sum(p.stat().st_size for p in output.rglob("*") if p.is_file())
    row("  results on disk", f"{kept / count / 1024:.1f} KB a file")
    return first, used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--kills", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        folder = work / "合同"
        make_folder(folder, asked.documents)
        first, worked = measure(folder, work / "结果", asked.documents)
        before = processor_seconds()
        alone, characters = extraction(folder, work / "unpacked")
        used = processor_seconds() - before
        note = f"{characters} characters, {used:.1f} s of processor; the batch takes {first / alone:.1f}×"
        row("extraction alone", f"{alone:.1f} s", "", note)
        if asked.kills:
            killed(folder, work / "又一次", asked.kills, first)
            same = contents(work / "结果") == contents(work / "又一次")
            row(f"after {asked.kills} kills", "identical" if same else "DIFFERENT", "identical")
        if asked.growth:
            make_folder(work / "十倍", asked.documents * 10)
            tenfold, harder = measure(work / "十倍", work / "十倍结果", asked.documents * 10)
            note = f"processor time {harder / worked:.2f}×"
            row("growth for ten times the files", f"{tenfold / first:.2f}×", "≤ 10.5×", note)


if __name__ == "__main__":
    main()
