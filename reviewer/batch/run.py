"""The whole batch on one page: find files, name their contents, review what is not known, write what comes out.

Killed at any moment and started again it goes on where it stopped, and what it writes is the same to the byte.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from reviewer.batch import finishing, outputs, pool, results, storage, work
from reviewer.batch.cluster import cluster_lanes
from reviewer.batch.course import Batch, Report, Stop, halted
from reviewer.batch.pool import Crew, Ended, Task
from reviewer.batch.records import (
    BatchError,
    Job,
    Progress,
    Record,
    Reviewed,
    Settings,
    Source,
    Status,
    Summary,
    digest,
)
from reviewer.batch.results import State
from reviewer.batch.walk import sources, unpacked_path
from reviewer.errors import ReviewerError

ANNOTATED = "annotated"
SCRATCH = "scratch"
CHUNK_FILES, CHUNK_BYTES = 64, 64 << 20  # of one task that names contents


def run(settings: Settings, *, report: Report = lambda progress: None, stop: Stop = lambda: False) -> Summary:
    """Review a folder. `report` hears of progress; when `stop` says so, or at Ctrl-C, what is done is kept."""
    output = local_output(settings.output)
    with results.told(output), results.opened(output, fresh=settings.fresh) as state, ExitStack() as stack:
        batch = _begin(settings, output, state, stack, report, stop)
        try:
            fresh = _work(batch)
        except KeyboardInterrupt:
            return finishing.summary(batch, stopped=True)
        if stop():
            return finishing.summary(batch, fresh, stopped=True)
        report(Progress("汇总"))
        written = finishing.write(batch)
        state.remember("unfinished", "")
        summary = finishing.summary(batch, fresh, written=written)
    if storage.is_address(settings.output):
        report(Progress("上传"))
        storage.upload(output, settings.output)
    return summary


def local_output(output: str) -> Path:
    """Where results are worked on: the output itself, or for an address a folder of this machine that it stands for."""
    if not storage.is_address(output):
        return Path(output)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "reviewer" / "batch" / digest(output)


def _begin(settings: Settings, output: Path, state: State, stack: ExitStack, report: Report, stop: Stop) -> Batch:
    """Everything that can be wrong with what was asked for comes to light here."""
    scratch = output / results.WORK / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)  # what killed workers left behind
    scratch.mkdir()
    unfinished = state.fact("unfinished")  # a batch that goes on after midnight keeps its review date
    day = settings.on or (dt.date.fromisoformat(unfinished) if unfinished else dt.date.today())
    job = Job(
        on=day, line=settings.line, type=settings.type, lexicons=tuple(p.resolve() for p in settings.lexicons),
        timeout=settings.timeout, memory=settings.memory, annotate=settings.annotate,
        scratch=os.fspath(scratch.resolve()), decided=settings.decided,
    )  # fmt: skip
    versions = work.ready(job).versions
    found = state.note_files(sources(settings.folder, None if storage.is_address(settings.folder) else output))
    count = 0
    for count in found:
        report(Progress("查找文件", count, 0))
    if not count:
        raise BatchError(f"{settings.folder}：文件夹里没有文件。请检查路径。")
    state.remember("unfinished", day.isoformat())
    basis = state.basis(job.basis(versions))
    crew = cache(lambda: _crew(settings, job, stack))
    return Batch(settings, job, versions, output, state, basis, crew, report, stop)


# ---------------------------------------------------------------- 审查 work


def _work(batch: Batch) -> int:
    """Name contents and review what is not known yet; how many documents were reviewed."""
    state = batch.state
    total = int(state.value("SELECT COUNT(*) FROM files WHERE sha256 = '' AND problem = ''"))
    if total:
        _identify(batch, batch.crew(), total)
    for other in batch.settings.known:
        state.take_over(batch.basis, batch.job.basis(batch.versions), other)
    state.try_again(batch.basis, batch.limits)
    total = sum(1 for _ in state.pending(batch.basis, copies=batch.job.annotate))
    return _review(batch, batch.crew(), total) if total and not batch.stop() else 0


def _crew(settings: Settings, job: Job, stack: ExitStack) -> Crew:
    if settings.scheduler:
        lanes = stack.enter_context(cluster_lanes(settings.scheduler))
    else:
        lanes = pool.local_lanes(settings.workers or pool.processors())
    crew = Crew(lanes, Task(work.ready, (job,)), give_up_after=job.timeout)
    stack.callback(crew.close)
    return crew


def _identify(batch: Batch, crew: Crew, total: int) -> None:
    done = 0
    batch.report(Progress("识别内容", 0, total))
    tasks = (Task(work.identify, (chunk,), chunk) for chunk in _chunks(batch.state.unidentified()))
    for ended in crew.complete(tasks, batch.stop):
        chunk: tuple[Source, ...] = ended.task.subject
        if ended.error is not None or ended.lost:
            raise halted(ended)
        batch.state.identify(list(zip(chunk, ended.value, strict=True)))
        done += len(chunk)
        batch.report(Progress("识别内容", done, total))


def _chunks(files: Iterator[Source]) -> Iterator[tuple[Source, ...]]:
    """Files in groups that are worth sending to a worker."""
    chunk: list[Source] = []
    size = 0
    for source in files:
        chunk.append(source)
        size += source.size
        if len(chunk) >= CHUNK_FILES or size >= CHUNK_BYTES:
            yield tuple(chunk)
            chunk, size = [], 0
    if chunk:
        yield tuple(chunk)


def _review(batch: Batch, crew: Crew, total: int) -> int:
    done = failed = 0
    pending = batch.state.pending(batch.basis, copies=batch.job.annotate)
    tasks = (Task(work.review, (batch.job, source, sha), (source, sha)) for source, sha in pending)
    batch.report(Progress("审查", 0, total))
    for ended in crew.complete(tasks, batch.stop):
        source, sha = ended.task.subject
        reviewed = _reviewed(batch, ended, source, sha)
        copy = _keep_copy(batch, source, reviewed) if batch.job.annotate else None
        batch.state.add(batch.basis, reviewed.record, batch.limits, copy)
        _remember_peak(batch.state, reviewed.peak)
        done += 1
        failed += reviewed.record.status is not Status.REVIEWED
        batch.report(Progress("审查", done, total, failed))
    return done


def _reviewed(batch: Batch, ended: Ended, source: Source, sha: str) -> Reviewed:
    """What came of a document, whatever happened to it; raises what concerns the batch as a whole."""
    if ended.lost:
        if ended.seconds >= batch.job.timeout:
            limit = f"{batch.job.timeout:g} 秒"
            why = f"{source.name}：审查超过 {limit}仍未完成。可用 --timeout 放宽，或拆分文件后再次运行。"
            return Reviewed(Record(sha, Status.TIMEOUT, why), batch.versions)
        why = f"{source.name}：读取或审查时进程崩溃（单独重试一次仍然如此）。请用 Word、WPS 打开后另存，再次运行。"
        return Reviewed(Record(sha, Status.CRASHED, why), batch.versions)
    if ended.error is not None:
        if isinstance(ended.error, (ReviewerError, OSError)) or not isinstance(ended.error, Exception):
            raise halted(ended)
        said = f"{type(ended.error).__name__}：{ended.error}"[:300]
        why = f"{source.name}：程序出错（{said}）。请把这句话和文件交给维护人员。"
        return Reviewed(Record(sha, Status.FAILED, why), batch.versions)
    reviewed: Reviewed = ended.value
    if reviewed.versions != batch.versions:
        raise BatchError(
            "工作进程的词库、法规目录或程序版本与主程序不一致（词库可能刚刚更新，或集群各节点安装的版本不同）。"
            "请统一版本后再次运行，已完成的结果都在。"
        )
    return reviewed


def _keep_copy(batch: Batch, source: Source, reviewed: Reviewed) -> tuple[str, str]:
    """Write the annotated copy; where it is (relative to the output), or why there is none."""
    if not reviewed.copy:
        return "", reviewed.no_copy or reviewed.record.reason
    place = Path(ANNOTATED) / unpacked_path(source.place)
    if place.suffix.lower() != reviewed.copy_suffix:
        place = place.with_name(place.name + reviewed.copy_suffix)
    path = batch.output / place
    path.parent.mkdir(parents=True, exist_ok=True)
    outputs.put(batch.output, path, reviewed.copy)
    return place.as_posix(), ""


def _remember_peak(state: State, peak: int) -> None:
    if peak > int(state.fact("peak") or 0):
        state.remember("peak", str(peak))
