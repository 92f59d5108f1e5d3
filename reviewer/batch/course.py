"""What the stages of one run share: what was asked for, where it is written, the processes, and who hears of it."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reviewer.batch.pool import Crew, Ended
from reviewer.batch.records import BatchError, Job, Progress, Settings
from reviewer.batch.results import State
from reviewer.domain import Versions
from reviewer.errors import ReviewerError

Report = Callable[[Progress], None]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Batch:
    """What the stages of one run share."""

    settings: Settings
    job: Job
    versions: Versions
    output: Path  # on this machine
    state: State
    basis: int
    crew: Callable[[], Crew]
    report: Report
    stop: Stop

    @property
    def limits(self) -> str:
        return f"{self.job.timeout:g} s, {self.job.memory} MB"


def halted(ended: Ended) -> BaseException:
    """The error that stops the batch."""
    error = ended.error
    if isinstance(error, ReviewerError):
        return error
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return BatchError("临时目录的磁盘空间不足，已停下，已完成的结果都在。腾出空间后再次运行同一命令，会接着做。")
    said = "工作进程反复退出" if error is None else f"{type(error).__name__} {error}".strip()
    return BatchError(f"工作进程或集群出错（{said}），已停下，已完成的结果都在。排除故障后再次运行同一命令，会接着做。")
