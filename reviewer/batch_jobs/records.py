"""The nouns of batch jobs: what is asked for, and a job as it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.office.desk import Office

FOLDER = "batches"  # of the data folder
FILES, RESULT = "files", "result"  # of the folder of a job


class UnknownJobError(UsageError):
    """There is no such job, or no such file of it."""


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"  # told to stop, and not yet stopped
    DONE = "done"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # the server was stopped or killed meanwhile
    FAILED = "failed"  # could not begin or go on; `error` says why


STATUS_NAMES = {
    JobStatus.QUEUED: "排队",
    JobStatus.RUNNING: "进行中",
    JobStatus.CANCELLING: "正在停止",
    JobStatus.DONE: "完成",
    JobStatus.CANCELLED: "已取消",
    JobStatus.INTERRUPTED: "中断",
    JobStatus.FAILED: "未能完成",
}
ACTIVE = frozenset({JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.CANCELLING})
CONTINUABLE = frozenset({JobStatus.CANCELLED, JobStatus.INTERRUPTED, JobStatus.FAILED})


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a person asks for; `folder` is a folder of the server, relative to the configured one (None: an upload)."""

    name: str = ""  # empty: after the file or folder
    line: Line | None = None
    type: str | None = None
    on: dt.date | None = None
    annotate: bool = False
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. `done` of `total` documents of different content, `failed` among them; `rate` a second."""

    id: int
    name: str
    place: str
    folder: str
    line: Line | None
    type: str
    on: dt.date
    annotate: bool
    status: JobStatus
    user_id: int
    user: str
    created_at: str
    started_at: str
    ended_at: str
    stage: str
    done: int
    total: int
    failed: int
    rate: float
    files: int
    unread: int  # files that could not be reviewed
    with_findings: int
    unchecked: int  # files reviewed, of which something could not be checked
    error: str
    ahead: int = 0  # jobs that come first while it is queued

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    @property
    def remaining(self) -> float | None:
        """Seconds until every document is reviewed, as far as the rate tells."""
        return (self.total - self.done) / self.rate if self.rate and self.total else None


def job_folder(office: Office, place: str) -> Path:
    return office.folder / FOLDER / place


def result_folder(office: Office, job: Job) -> Path:
    return job_folder(office, job.place) / RESULT
