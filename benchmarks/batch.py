"""A folder of documents of our own making, scored: documents a second, memory a worker, second run, extraction alone.

`python benchmarks/batch.py` prints a table for 1,000 documents: 600 .docx and 400 text PDF of 2 to 40 pages (short
ones more often than long ones), a tenth of them copies, a tenth versions of others, 2 % broken. `--growth` does ten
times as many as well, `--kills 10` kills the main process at ten random moments and compares every byte.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import math
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from documents import contract_lines, pdf_of, print_pdfs

ON = dt.date(2026, 11, 21)
WORKERS = 2
SHORTEST, LONGEST = 2, 40  # pages
COPIES, VERSIONS, BROKEN, ZIPPED = 0.10, 0.10, 0.02, 0.05
FOLDERS = ("住房和城乡建设局", "教育和体育局", "综合行政执法局", "公共资源交易中心", "水务局", "卫生健康局",
           "某街道办事处")  # fmt: skip
FIRST, SECOND = "云长青海清石金玉松竹梅兰桂荷溪河湖江山岭", "泉桥湾坪塘港浦坊园台亭洲渡庄里滩冲坡"
DETAILS = (
    "{a}{b}路{n}号{c}{d}片区的管线由第{n}标段负责，图纸编号{c}{n}—{m}。",
    "编号{m}的{a}{b}设备安装在{c}{d}泵站{n}层，由{d}{a}班组每月检查{k}次。",
    "{c}{b}社区{n}栋至{m}栋的外墙面积为{m}平方米，材料为{a}{d}牌涂料。",
    "{d}{b}小学{n}间教室、{a}{c}中学{k}间实验室列入第{k}批清单，台账号{m}。",
    "第{k}批货物共{n}箱，产地{a}{b}，运至{c}{d}仓库{m}号库位。",
)


@dataclass(frozen=True)
class Plan:
    """One file of the folder: `changes` makes a version of the document of the same seed."""

    path: Path
    pages: float
    seed: int
    changes: int = 0


def lines_of(plan: Plan) -> list[str]:
    """A contract with details that no other seed has, so that only versions are alike."""
    rng = random.Random(plan.seed)
    lines = []
    for line in contract_lines(plan.pages * 0.55, plan.seed):
        lines.append(line)
        if line[0].isdigit() and len(line) > 30:
            parts = {k: rng.choice(FIRST if k in "ac" else SECOND) for k in "abcd"}
            numbers = {"n": rng.randint(11, 999), "m": rng.randint(1000, 99999), "k": rng.randint(2, 9)}
            lines[-1] += "".join(rng.sample(DETAILS, 2)).format(**parts, **numbers)
    rng = random.Random(plan.changes)
    for _ in range(plan.changes and 2):
        at = rng.randrange(3, len(lines) - 3)
        lines[at] = lines[at].replace("乙方", "受托方").replace("三十日", f"{plan.changes}个工作日")
    return lines


def make(plans: list[Plan]) -> None:
    """Write documents; those to be printed are written elsewhere first."""
    with tempfile.TemporaryDirectory() as name:
        printed = [plan for plan in plans if plan.path.suffix == ".pdf"]
        for plan in plans:
            write(plan, Path(name) / f"{plan.path.stem}.docx" if plan in printed else plan.path)
        if printed and print_pdfs([Path(name) / f"{plan.path.stem}.docx" for plan in printed], Path(name)):
            for plan in printed:
                shutil.move(Path(name) / plan.path.name, plan.path)
        else:
            for plan in printed:
                plan.path.write_bytes(pdf_of(lines_of(plan)))


def write(plan: Plan, path: Path) -> None:
    import docx

    document = docx.Document()
    for line in lines_of(plan):
        paragraph = document.add_paragraph()
        for start in range(0, len(line), 40):
            paragraph.add_run(line[start : start + 40])
    document.save(str(path))


def make_folder(folder: Path, count: int) -> None:
    rng = random.Random(count)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    kinds = [".docx"] * (count * 6 // 10) + [".pdf"] * (count - count * 6 // 10)
    rng.shuffle(kinds)
    copies, versions, broken = int(count * COPIES), int(count * VERSIONS), int(count * BROKEN)
    plans: list[Plan] = []
    for n, kind in enumerate(kinds):
        path = folder / FOLDERS[n % len(FOLDERS)] / f"第{n:05d}号合同{kind}"
        pages = SHORTEST * math.exp(rng.random() * math.log(LONGEST / SHORTEST))
        plans.append(Plan(path, pages, n))
    alone = plans[: count - copies - versions - broken]
    for n, plan in enumerate(plans[len(alone) : len(alone) + versions]):
        same = alone[n % len(alone)]
        plans[len(alone) + n] = Plan(plan.path, same.pages, same.seed, 2 + n % 7)
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        own = plans[: len(alone) + versions]
        list(pool.map(make, [own[at : at + 100] for at in range(0, len(own), 100)]))
    made = {kind: [p.path for p in alone if p.path.suffix == kind] for kind in (".docx", ".pdf")}
    for n, plan in enumerate(plans[len(alone) + versions : count - broken]):
        same = made[plan.path.suffix]
        shutil.copy(same[n % len(same)], plan.path)
    for n, plan in enumerate(plans[count - broken :]):
        whole = made[plan.path.suffix][n].read_bytes()
        plan.path.write_bytes((b"", whole[: len(whole) // 3], os.urandom(3000), whole[:200])[n % 4])
    zip_some(folder, [p.path for p in plans[:: int(1 / ZIPPED)]])


def zip_some(folder: Path, paths: list[Path]) -> None:
    """Move some files into an archive whose names are in GBK, as Windows wrote them."""
    target, names = folder / "补充材料.zip", {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, path in enumerate(paths):  # zipfile writes UTF-8 only: stand-ins of the same length are put right after
            raw = f"{path.parent.name}/{path.name}".encode("gbk")
            names[f"@{n:06}".rjust(len(raw), "@").encode()] = raw
            archive.writestr(f"@{n:06}".rjust(len(raw), "@"), path.read_bytes())
            path.unlink()
    data = target.read_bytes()
    for stand_in, raw in names.items():
        data = data.replace(stand_in, raw)
    target.write_bytes(data)


# ---------------------------------------------------------------- 测量


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
    with zipfile.ZipFile(folder / "补充材料.zip") as archive:
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
