"""The queue of batch jobs worked off beside the server: one process at a time, watched, stopped with the server."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import IO, Any

import msgspec

from reviewer.batch import pool
from reviewer.batch.records import Settings
from reviewer.batch_jobs import intake, requests
from reviewer.batch_jobs.records import FILES, FOLDER, RESULT, Job, JobStatus, job_folder
from reviewer.errors import ReviewerError
from reviewer.office import audit, rule_decisions
from reviewer.office.desk import OWN_LEXICONS, Office
from reviewer.office.records import StoreError
from reviewer.office.store import Row, Writing, now

TICK = 0.25  # seconds between looks at the process, the queue and whether to stop
PATIENCE = 8.0  # seconds that a job has to stop in when it is told to
LOG = "job.log"
DATA_VARIABLE = "REVIEWER_DATA"  # tells the process where the law texts are
SYSTEM = "系统"


def work(office: Office, stop: threading.Event) -> None:
    """Jobs one after the other until `stop`. Each has a thread of its own: an error ends that and not the work."""
    while not stop.is_set():
        turn = threading.Thread(target=run_next, args=(office, stop), name="batch-job", daemon=True)
        turn.start()
        turn.join()
        stop.wait(TICK)


def recover(office: Office) -> int:
    """At the start of the only server: jobs that were running when it ended are interrupted; how many.

    Folders that no job names were left by an upload that was cut off, and go.
    """
    with office.store.writing() as db:
        count = _interrupt(db)
        known = {r["place"] for r in db.rows("SELECT place FROM batch_jobs")}
    for folder in (office.folder / FOLDER).glob("*"):
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
    return count


def _interrupt(db: Writing) -> int:
    """Where nothing runs, end the jobs that are said to; how many."""
    rows = db.rows("SELECT id, status FROM batch_jobs WHERE status IN ('running', 'cancelling')")
    for row in rows:
        cancelled = row["status"] == JobStatus.CANCELLING
        _end(db, row["id"], JobStatus.CANCELLED if cancelled else JobStatus.INTERRUPTED)
    return len(rows)


def run_next(office: Office, stop: threading.Event) -> Job | None:
    """Take the next job and see it through; None when nothing waits."""
    try:
        job = _take(office)
        if job is not None:
            _run(office, job, stop)
        return job
    except StoreError:  # a database that is busy or a full disk: the next turn tries again
        return None


def _take(office: Office) -> Job | None:
    with office.store.reading() as reading:
        if not reading.value("SELECT 1 FROM batch_jobs WHERE status IN ('queued', 'running', 'cancelling')"):
            return None
    with office.store.writing() as db:
        _interrupt(db)  # what an error nobody foresaw left behind: this is the only thread that runs jobs
        found = db.value("SELECT id FROM batch_jobs WHERE status = 'queued' ORDER BY queued_at, id LIMIT 1")
        if found is None:
            return None
        db.update("batch_jobs", found, {"status": JobStatus.RUNNING, "started_at": now(), "stage": "准备"})
        return requests.job_of(db, found)


def _run(office: Office, job: Job, stop: threading.Event) -> None:
    try:
        told = instructions(office, job)
    except ReviewerError as error:
        _finish(office, job, JobStatus.FAILED, {"error": str(error)})
        return
    log = job_folder(office, job.place) / LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "reviewer.batch_jobs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=complaints, env={**os.environ, DATA_VARIABLE: os.fspath(office.folder.resolve())},
            start_new_session=True, text=True, encoding="utf-8",
        )  # fmt: skip
    try:
        _tell(process.stdin, told)
        last, asked = _watch(office, job, process, stop)
    finally:
        _kill(process)
        _close(process)
    _conclude(office, job, process.returncode, last, asked)


def instructions(office: Office, job: Job) -> Row:
    """What the process of a job is told; UsageError when a folder of the server is no longer allowed or there."""
    place = job_folder(office, job.place)
    folder = intake.server_folder(office, job.folder) if job.folder else place / FILES / intake.folder_name(job.name)
    own = office.folder / OWN_LEXICONS
    with office.store.reading() as db:
        decided = rule_decisions.current(db)
    settings = Settings(
        folder=os.fspath(folder.resolve()), output=os.fspath((place / RESULT).resolve()), on=job.on, line=job.line,
        type=job.type or None, lexicons=(own,) if own.is_dir() else (), annotate=job.annotate, decided=decided,
        workers=office.settings.batch_workers or max(1, pool.processors() // 2),
    )  # fmt: skip
    return {"settings": msgspec.to_builtins(settings, enc_hook=os.fspath), "name": job.name, "links": bool(job.folder)}


def _tell(pipe: IO[str] | None, told: Row) -> None:
    assert pipe is not None
    with suppress(BrokenPipeError):  # it ended at once: its exit code tells
        pipe.write(json.dumps(told, ensure_ascii=False) + "\n")
        pipe.flush()


def _watch(
    office: Office, job: Job, process: subprocess.Popen[str], stop: threading.Event
) -> tuple[Row, JobStatus | None]:
    """Follow the process to its end: its last word, and why it was told to stop, if it was."""
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    last: Row = {}
    asked: JobStatus | None = None
    deadline = float("inf")
    ended = False
    while not ended:
        progress = None
        time.sleep(TICK)
        while not lines.empty():
            line = lines.get()
            ended = line is None
            last = json.loads(line) if line else last
            progress = last.get("progress", progress)
        if progress is not None:
            _note(office, job, progress)
        if asked is None and (asked := _asked(office, job, stop)) is not None:
            deadline = time.monotonic() + PATIENCE
            assert process.stdin is not None
            with suppress(BrokenPipeError):
                process.stdin.close()
        if time.monotonic() > deadline:
            _kill(process)
            deadline = float("inf")
    process.wait()
    return last, asked


def _read(pipe: IO[str] | None, lines: queue.Queue[str | None]) -> None:
    assert pipe is not None
    for line in pipe:
        lines.put(line)
    lines.put(None)


def _asked(office: Office, job: Job, stop: threading.Event) -> JobStatus | None:
    """How the job will have ended when it is told to stop now; None to go on."""
    if stop.is_set():
        return JobStatus.INTERRUPTED
    with office.store.reading() as db:
        status = db.value("SELECT status FROM batch_jobs WHERE id = ?", [job.id])
    return JobStatus.CANCELLED if status == JobStatus.CANCELLING else None


def _note(office: Office, job: Job, progress: Row) -> None:
    changes = {key: progress[key] for key in ("stage", "done", "total", "failed", "rate")}
    with suppress(StoreError), office.store.writing() as db:  # the next one is as good
        db.update("batch_jobs", job.id, changes)


def _kill(process: subprocess.Popen[str]) -> None:
    """End the process and those it began; nothing when it has ended."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _close(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with suppress(OSError):
            pipe.close()


def _conclude(office: Office, job: Job, code: int, last: Row, asked: JobStatus | None) -> None:
    summary = last.get("summary")
    if summary and not summary["stopped"]:
        counts = {"files": summary["files"], "unread": summary["failed"], "unchecked": summary["unchecked"],
                  "with_findings": summary["with_findings"], "done": summary["documents"],
                  "total": summary["documents"]}  # fmt: skip
        _finish(office, job, JobStatus.DONE, counts)
    elif asked is not None:
        _finish(office, job, asked, {})
    else:
        died = f"批量评分的进程意外结束（代码 {code}），已完成的结果都在。点“继续”接着做；再次出现请告诉管理员"
        _finish(office, job, JobStatus.FAILED, {"error": last.get("error") or died})


def _finish(office: Office, job: Job, status: JobStatus, changes: dict[str, Any]) -> None:
    with office.store.writing() as db:
        _end(db, job.id, status, **changes)


def _end(db: Writing, job_id: int, status: JobStatus, **changes: Any) -> None:
    db.update("batch_jobs", job_id, {"status": status, "ended_at": now(), "rate": 0.0, **changes})
    audit.record(db, SYSTEM, "批量评分结束", str(job_id), status=str(status))
