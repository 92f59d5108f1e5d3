"""A whole batch: what is found, skipped, survived and written, and that nothing depends on how it came about."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from batch_folder import contents, contract, measure, mixed, stored

from reviewer.batch.records import BatchError, Progress, Settings
from reviewer.batch.run import run
from reviewer.pipeline import Engine

ON = dt.date(2026, 11, 21)


def settings(folder: Path, output: Path) -> Settings:
    return Settings(str(folder), str(output), on=ON, workers=1)


def rows(output: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(output / "results.sqlite")) as results:
        return [tuple(row) for row in results.execute(sql)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mixed(tmp_path_factory.mktemp("送审") / "历年文件")


@pytest.fixture(scope="module")
def output(folder: Path) -> Path:
    """An undisturbed run of the mixed folder."""
    output = folder.parent / "结果"
    summary = run(replace(settings(folder, output), workers=2))
    assert (summary.files, summary.documents, summary.fresh, summary.failed) == (7, 6, 6, 2)
    return output


def test_every_file_is_accounted_for_once(output: Path) -> None:
    found = dict(rows(output, "SELECT place, status FROM files"))
    assert found == {
        "养犬管理办法.txt": "reviewed",
        "空白.pdf": "unreadable",
        "水务局/运维合同.docx": "reviewed",
        "水务局/残缺.docx": "unreadable",
        "教体局/课后服务合同.docx": "reviewed",
        "教体局/运维合同（副本）.docx": "reviewed",
        "补充材料.zip!/合同/河道保洁合同.docx": "reviewed",
    }


def test_failures_carry_the_reason_and_what_to_do(output: Path) -> None:
    [[reason]] = rows(output, "SELECT reason FROM files WHERE place = '空白.pdf'")
    assert "文件是空的" in str(reason)
    [[reason]] = rows(output, "SELECT reason FROM files WHERE place = '水务局/残缺.docx'")
    assert str(reason).startswith("残缺.docx：")


def test_a_copy_is_reviewed_once_under_the_name_that_comes_first(output: Path) -> None:
    copies = rows(output, "SELECT place, same_as FROM files WHERE same_as != ''")
    assert copies == [("水务局/运维合同.docx", "教体局/运维合同（副本）.docx")]
    assert rows(output, "SELECT place, copies FROM documents WHERE copies > 1") == [("教体局/运维合同（副本）.docx", 2)]


def test_findings_are_those_of_a_review_of_the_file_alone(output: Path, folder: Path, engine: Engine) -> None:
    review = engine.review_file(folder / "养犬管理办法.txt", on=ON)
    stored = rows(
        output,
        "SELECT rule, start, end, message FROM findings x JOIN documents d USING (sha256) "
        "WHERE d.place = '养犬管理办法.txt' ORDER BY n",
    )
    assert stored == [(f.rule, f.span.start, f.span.end, f.message) for f in review.findings]
    assert stored
    assert rows(output, "SELECT score FROM documents WHERE place = '养犬管理办法.txt'") == [(review.score.value,)]


def test_a_second_run_reviews_nothing_and_writes_nothing(output: Path, folder: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in output.glob("[!.]*.*")}
    summary = run(settings(folder, output))
    assert (summary.fresh, summary.taken, summary.failed, summary.written) == (0, 6, 2, ())
    assert {p: p.stat().st_mtime_ns for p in output.glob("[!.]*.*")} == before


def test_starting_over_gives_the_same_bytes(output: Path, folder: Path) -> None:
    again = folder.parent / "重做"
    run(settings(folder, again))
    first = contents(again)
    assert first == contents(output)
    summary = run(replace(settings(folder, again), fresh=True))
    assert summary.fresh == 6
    assert contents(again) == first


def test_a_file_that_was_lost_is_written_again_as_it_was_without_any_worker(tmp_path: Path) -> None:
    contract(tmp_path / "甲" / "合同.docx", "平台", 3)
    output = tmp_path / "结果"
    run(settings(tmp_path / "甲", output))  # written by the worker that reviewed
    before = contents(output)
    for name in ("summary.xlsx", "findings.parquet", "体检报告.docx", "report.html"):
        (output / name).unlink()
        summary = run(settings(tmp_path / "甲", output))  # written by this process
        assert summary.fresh == 0
        assert contents(output) == before


def test_only_what_changed_is_reviewed_again(tmp_path: Path) -> None:
    contract(tmp_path / "甲" / "合同.docx", "平台", 3)
    changed = measure(tmp_path / "甲" / "办法.txt")
    run(settings(tmp_path / "甲", tmp_path / "结果"))
    changed.write_text(changed.read_text("utf-8") + "\n第四条 本办法由区城市管理局负责解释。", "utf-8")
    os.utime(changed, ns=(1, 1))
    (tmp_path / "甲" / "合同.docx").rename(tmp_path / "甲" / "改名.docx")
    summary = run(settings(tmp_path / "甲", tmp_path / "结果"))
    assert (summary.fresh, summary.taken) == (1, 1)
    assert dict(rows(tmp_path / "结果", "SELECT place, status FROM files")).keys() == {"办法.txt", "改名.docx"}


def test_results_of_another_batch_are_taken_over_for_the_same_content(tmp_path: Path) -> None:
    first = contract(tmp_path / "甲" / "合同.docx", "平台", 3)
    measure(tmp_path / "乙" / "办法.txt")
    (tmp_path / "乙" / "换了名字.docx").write_bytes(first.read_bytes())
    run(settings(tmp_path / "甲", tmp_path / "甲结果"))
    summary = run(replace(settings(tmp_path / "乙", tmp_path / "乙结果"), known=(tmp_path / "甲结果",)))
    assert (summary.fresh, summary.taken) == (1, 1)
    run(settings(tmp_path / "乙", tmp_path / "另算"))
    assert contents(tmp_path / "乙结果") == contents(tmp_path / "另算")


def test_a_new_review_date_asks_for_new_reviews(tmp_path: Path) -> None:
    measure(tmp_path / "甲" / "办法.txt")
    run(settings(tmp_path / "甲", tmp_path / "结果"))
    summary = run(replace(settings(tmp_path / "甲", tmp_path / "结果"), on=dt.date(2020, 6, 1)))
    assert summary.fresh == 1
    back = run(settings(tmp_path / "甲", tmp_path / "结果"))
    assert back.fresh == 0


def test_a_batch_that_was_interrupted_keeps_its_review_date(tmp_path: Path) -> None:
    for n in range(4):
        contract(tmp_path / "甲" / f"{n}.docx", f"平台{n}", n + 2)
    asked = settings(tmp_path / "甲", tmp_path / "结果")
    done: list[Progress] = []
    stopped = run(
        replace(asked, on=dt.date(2020, 6, 1)),
        report=done.append, stop=lambda: any(p.stage == "审查" and p.done for p in done),
    )  # fmt: skip
    assert stopped.stopped
    assert 0 < stopped.documents < 4
    finished = run(replace(asked, on=None))
    assert finished.fresh + stopped.documents == 4
    assert rows(tmp_path / "结果", "SELECT value FROM about WHERE name = '审查日期'") == [("2020-06-01",)]


def test_a_document_that_takes_too_long_costs_that_document_only(tmp_path: Path) -> None:
    long = tmp_path / "甲" / "很长.txt"
    measure(long)
    long.write_text(long.read_text("utf-8") * 12_000, "utf-8")
    measure(tmp_path / "甲" / "办法.txt")
    summary = run(replace(settings(tmp_path / "甲", tmp_path / "结果"), timeout=3.0))
    assert (summary.files, summary.failed, summary.documents) == (2, 1, 2)
    [[status, reason]] = rows(tmp_path / "结果", "SELECT status, reason FROM files WHERE place = '很长.txt'")
    assert status == "timeout"
    assert "超过 3 秒" in str(reason)
    known = run(replace(settings(tmp_path / "甲", tmp_path / "结果"), timeout=3.0))
    assert known.fresh == 0


def test_a_worker_killed_from_outside_changes_nothing(output: Path, folder: Path) -> None:
    again = folder.parent / "杀工作进程"
    killed: list[int] = []

    def report(progress: Progress) -> None:
        if progress.stage == "审查" and progress.done == 1 and not killed:
            killed.append(worker_of(os.getpid()))
            os.kill(killed[0], signal.SIGKILL)

    run(replace(settings(folder, again), workers=2), report=report)
    assert killed
    assert contents(again) == contents(output)


def worker_of(parent: int) -> int:
    """A spawned process of this one that is at work."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return next(int(c) for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes())


def test_killing_the_main_process_and_going_on_gives_the_same_bytes(tmp_path: Path) -> None:
    for n in range(14):
        contract(tmp_path / "合同" / f"单位{n % 3}" / f"{n}.docx", f"平台{n}", n + 2)
    run(settings(tmp_path / "合同", tmp_path / "顺利"))
    again = tmp_path / "多次中断"
    command = [sys.executable, "-m", "reviewer", "batch", str(tmp_path / "合同"), "-o", str(again),
               "--on", ON.isoformat(), "--workers", "2"]  # fmt: skip
    rng = random.Random(3)
    for wanted in (0, 6):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda wanted=wanted: stored(again) >= wanted)  # type: ignore[misc]
        time.sleep(rng.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    before = stored(again)
    summary = run(settings(tmp_path / "合同", again))
    assert summary.fresh == 14 - before
    assert contents(again) == contents(tmp_path / "顺利")


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def test_two_batches_do_not_write_to_one_place(output: Path, folder: Path) -> None:
    def report(progress: Progress) -> None:
        if progress.stage == "查找文件":
            with pytest.raises(BatchError, match="另一个批量审查"):
                run(settings(folder, output))

    run(settings(folder, output), report=report)


def test_annotated_copies_stand_where_their_originals_stood(folder: Path) -> None:
    output = folder.parent / "带批注"
    run(replace(settings(folder, output), annotate=True))
    copies = {p.relative_to(output / "annotated").as_posix() for p in output.glob("annotated/**/*.*") if p.is_file()}
    assert {"教体局/课后服务合同.docx", "补充材料.zip/合同/河道保洁合同.docx"} <= copies
    assert "水务局/残缺.docx" not in copies
    assert rows(output, "SELECT annotated FROM documents WHERE place LIKE '%课后服务合同.docx'") == [
        ("annotated/教体局/课后服务合同.docx",)
    ]


def test_copies_asked_for_later_are_made_without_new_results(folder: Path, output: Path) -> None:
    later = folder.parent / "后加批注"
    run(settings(folder, later))
    run(replace(settings(folder, later), annotate=True))
    assert contents(later) == contents(folder.parent / "带批注")


def test_a_full_disk_stops_with_a_sentence_and_goes_on_later(tmp_path: Path) -> None:
    """The limit on file sizes refuses to write more, as a full disk does."""
    for n in range(3):
        contract(tmp_path / "甲" / f"{n}.docx", f"平台{n}", n + 2)
    output = tmp_path / "结果"
    command = [sys.executable, "-m", "reviewer", "batch", str(tmp_path / "甲"), "-o", str(output),
               "--on", ON.isoformat(), "--workers", "1"]  # fmt: skip
    limited = ["bash", "-c", 'ulimit -f 160; exec "$@"', "-", *command]
    full = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert full.returncode == 2, full.stderr
    assert "磁盘空间不足" in full.stderr
    assert "Traceback" not in full.stderr
    run(settings(tmp_path / "甲", output))
    run(settings(tmp_path / "甲", tmp_path / "顺利"))
    assert contents(output) == contents(tmp_path / "顺利")


def test_an_empty_folder_and_an_unknown_type_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    with pytest.raises(BatchError, match="文件夹里没有文件"):
        run(settings(tmp_path / "空", tmp_path / "结果"))
