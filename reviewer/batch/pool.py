"""Tasks → results over `concurrent.futures` executors: local processes or a cluster, one code path.

A lane is an executor and how many tasks it may hold. Locally each lane is one spawned process with one task, so a
process that dies names the document that killed it, and the others go on. (`max_tasks_per_child` is not used: it
stops for ever on Python 3.11 to 3.14, python/cpython#115634. A lane gets a fresh executor instead.)
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reviewer.batch.records import BatchError, Ready
from reviewer.readers.heartbeat import leave_with_parent

TASKS_A_PROCESS = 500
TICK = 0.5  # seconds between looks at whether to stop


@dataclass(frozen=True)
class Task:
    """`call(*args)` in a worker; `subject` is handed back with the result."""

    call: Callable[..., Any]
    args: tuple[Any, ...]
    subject: Any = None


@dataclass(frozen=True)
class Ended:
    """A task with its value, its error, or `lost`: its worker died with it, alone, twice or after `seconds`."""

    task: Task
    value: Any = None
    error: BaseException | None = None
    lost: bool = False
    seconds: float = 0.0


@dataclass
class Lane:
    """An executor and what it is doing. `deaths` are the errors that mean its worker is gone."""

    start: Callable[[], Executor]
    width: int
    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)
    renewed_after: int = 0  # tasks, 0: never
    executor: Executor | None = None
    probe: Future[Ready] | None = None
    served: int = 0
    running: dict[Future[Any], tuple[Task, float]] = field(default_factory=dict)
    alone: bool = False  # the one task that runs was lost before


@dataclass
class Crew:
    """All lanes; `probe` is what each fresh executor must be able to do before its failures are a document's fault."""

    lanes: list[Lane]
    probe: Task
    give_up_after: float = 0.0  # seconds: a task lost alone after so long ran out of time and is not tried again

    @property
    def begun(self) -> bool:
        """Are there workers already, ready for more?"""
        return any(lane.executor is not None for lane in self.lanes)

    def complete(self, tasks: Iterable[Task], stop: Callable[[], bool] = lambda: False) -> Iterator[Ended]:
        """Every task's end, in the order of ends. A task whose worker dies is tried once more, alone."""
        waiting, lost = iter(tasks), deque[Task]()
        while not stop():
            for lane in self.lanes:
                self._fill(lane, waiting, lost)
            running = [f for lane in self.lanes for f in lane.running]
            if not running:
                return
            wait(running, timeout=TICK, return_when=FIRST_COMPLETED)
            ended = []
            for lane in self.lanes:
                ended += self._collect(lane, lost)
                self._fill(lane, waiting, lost)  # workers go on while the caller deals with what ended
            yield from ended

    def _fill(self, lane: Lane, waiting: Iterator[Task], lost: deque[Task]) -> None:
        if lane.alone and lane.running:
            return
        lane.alone = False
        while len(lane.running) < lane.width:
            task = next(waiting, None)
            if task is None:
                break
            self._submit(lane, task)
        if not lane.running and lost:
            self._submit(lane, lost.popleft())
            lane.alone = True

    def _submit(self, lane: Lane, task: Task) -> None:
        if lane.renewed_after and lane.served >= lane.renewed_after and not lane.running:
            self._close(lane)
        if lane.executor is None:
            lane.executor, lane.served = lane.start(), 0
            lane.probe = lane.executor.submit(self.probe.call, *self.probe.args)
        lane.served += 1
        try:
            future = lane.executor.submit(task.call, *task.args)
        except lane.deaths:  # it died between two tasks
            future = Future()
            future.set_exception(BrokenExecutor())
        lane.running[future] = (task, time.monotonic())

    def _collect(self, lane: Lane, lost: deque[Task]) -> list[Ended]:
        """What has ended in a lane; lost tasks are put off, unless they were alone already or out of time."""
        ended = []
        for future in [f for f in lane.running if f.done()]:
            task, begun = lane.running.pop(future)
            seconds = time.monotonic() - begun
            error = CancelledError() if future.cancelled() else future.exception()
            if error is None:
                ended.append(Ended(task, future.result()))
            elif not isinstance(error, lane.deaths):
                ended.append(Ended(task, error=error))
            else:
                self._blame_environment(lane)
                if isinstance(error, BrokenExecutor):
                    self._close(lane)
                single = lane.alone or lane.width == 1
                if lane.alone or (single and self.give_up_after and seconds >= self.give_up_after):
                    ended.append(Ended(task, lost=True, seconds=seconds))
                else:
                    lost.append(task)
        return ended

    def _blame_environment(self, lane: Lane) -> None:
        """A worker that died before it was ready did not die of a document."""
        if lane.probe is None:
            return
        if lane.probe.done() and not lane.probe.cancelled():
            error = lane.probe.exception()
            if error is None:
                return
            if not isinstance(error, lane.deaths):
                raise error
        raise BatchError("工作进程无法启动或一启动就退出。请检查内存是否充足、安装是否完整，再次运行会接着做。")

    def _close(self, lane: Lane) -> None:
        if lane.executor is not None:
            lane.executor.shutdown(wait=False)
        lane.executor = lane.probe = None

    def close(self) -> None:
        """End all workers at once, whatever they are doing."""
        for lane in self.lanes:
            probe, executor = lane.probe, lane.executor
            for future in lane.running:
                future.cancel()
            lane.running.clear()
            self._close(lane)
            if isinstance(executor, ProcessPoolExecutor) and probe is not None and _succeeded(probe):
                _end_process(probe.result().pid)


def _succeeded(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _end_process(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError):
        return


def processors() -> int:
    """How many this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def local_lanes(workers: int) -> list[Lane]:
    """One spawned process a lane."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # processes share the processors: one thread each
        os.environ.setdefault(name, "1")
    return [Lane(_one_process, width=1, renewed_after=TASKS_A_PROCESS) for _ in range(workers)]


class _Quiet(ProcessPoolExecutor):
    """Processes that leave Ctrl-C to their parent from their very beginning."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with _interrupts_ignored():  # a spawned process inherits what is ignored
            return super().submit(fn, *args, **kwargs)


def _one_process() -> Executor:
    return _Quiet(1, mp_context=multiprocessing.get_context("spawn"), initializer=leave_with_parent)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
