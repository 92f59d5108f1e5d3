"""What came out of a job: figures, documents with the worst first, failures, and files to download."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from reviewer.batch import figures
from reviewer.batch.figures import Failure, Figures, Listed
from reviewer.batch_jobs import requests
from reviewer.batch_jobs.records import Job, JobStatus, UnknownJobError, result_folder
from reviewer.errors import UsageError
from reviewer.office.desk import Office
from reviewer.office.records import ForbiddenError, User

PAGE = 30
COPIES = "annotated.zip"
CHUNK = 1 << 20
RESULTS, ANNOTATED = "results.sqlite", "annotated"  # as the batch writes them
FAILURES = 200
DOWNLOADS = {  # the name in an address → the file, and what it is called for people
    "report.html": ("report.html", "网页报告"),
    "summary.xlsx": ("summary.xlsx", "汇总表"),
    "checkup.docx": ("体检报告.docx", "体检报告"),
    "findings.parquet": ("findings.parquet", "逐条意见"),
    RESULTS: (RESULTS, "结果库"),
    COPIES: ("", "批注稿"),
}
_PAGE_OF_DOCUMENT = re.compile(r"reports/(page\.css|[0-9a-f]{2}/[0-9a-f]{16}\.html)")


class Outcome(NamedTuple):
    """`listed` is one page of the documents."""

    figures: Figures
    listed: tuple[Listed, ...]
    page: int
    pages: int
    failures: tuple[Failure, ...]


def outcome(office: Office, actor: User, job_id: int, page: int = 1) -> Outcome:
    """The figures and one page of the documents of a job that is done."""
    job = _finished(office, actor, job_id)
    path = result_folder(office, job) / RESULTS
    if not path.is_file():
        raise UsageError(f"“{job.name}”的结果不在这台服务器上（结果不随备份恢复）。请重新评分")
    stamp = path.stat()
    found = _figures(path, stamp.st_mtime_ns, stamp.st_size)
    pages = max(1, -(-found.documents // PAGE))
    page = min(max(page, 1), pages)
    with figures.reading(path) as results:
        listed = figures.documents(results, offset=(page - 1) * PAGE, limit=PAGE)
        failed = tuple(islice(figures.failures(results), FAILURES))
    return Outcome(found, listed, page, pages, failed)


@lru_cache(maxsize=8)
def _figures(path: Path, stamp: int, size: int) -> Figures:
    del stamp, size  # results that were written anew are read anew
    with figures.reading(path) as results:
        return figures.figures(results)


def _finished(office: Office, actor: User, job_id: int) -> Job:
    job = requests.get_job(office, actor, job_id)
    if not requests.may_read(actor, job):
        raise ForbiddenError(f"这是{job.user}开始的批量评分，管理员只能查看自己开始的")
    if job.status != JobStatus.DONE:
        raise UsageError(f"“{job.name}”还没有完成，暂时没有结果")
    return job


def downloads(job: Job) -> tuple[str, ...]:
    """The names under which files of a job can be fetched."""
    return tuple(name for name in DOWNLOADS if name != COPIES or job.annotate)


def file_of(office: Office, actor: User, job_id: int, name: str) -> tuple[str, Path]:
    """A file of a finished job by its name in an address, or a document's own report: name for people, and place."""
    job = _finished(office, actor, job_id)
    folder = result_folder(office, job)
    own = name if _PAGE_OF_DOCUMENT.fullmatch(name) else DOWNLOADS.get(name, ("", ""))[0]
    path = folder / own
    if not own or not path.is_file():
        known = "、".join(downloads(job))
        raise UnknownJobError(f"“{job.name}”没有这个文件，可用：{known}")
    return f"{job.name}.{path.name}", path


def copies_of(office: Office, actor: User, job_id: int) -> tuple[str, Iterator[bytes]]:
    """All annotated copies as an archive that is made while it is sent."""
    job = _finished(office, actor, job_id)
    folder = result_folder(office, job) / ANNOTATED
    if not job.annotate or not folder.is_dir():
        raise UnknownJobError(f"“{job.name}”没有批注稿（开始时没有选择，或没有能批注的格式）")
    return f"{job.name}.批注稿.zip", _zipped(folder)


def _zipped(folder: Path) -> Iterator[bytes]:
    passing = _Passing()
    with zipfile.ZipFile(passing, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:  # they are compressed
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo.from_file(path, path.relative_to(folder).as_posix(), strict_timestamps=False)
            with path.open("rb") as source, archive.open(entry, "w") as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
                    yield from passing.taken()
    yield from passing.taken()


class _Passing:
    """A file that is only written to; what was written is taken away piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return

    def close(self) -> None:
        return

    def taken(self) -> list[bytes]:
        pieces, self.pieces = self.pieces, []
        return pieces
