"""What people may do with batch jobs: start, list, cancel, go on, remove; each with its rights and its log entry."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from collections.abc import Iterable
from pathlib import PurePosixPath

from reviewer.batch_jobs import intake
from reviewer.batch_jobs.intake import Upload
from reviewer.batch_jobs.records import (
    ACTIVE,
    CONTINUABLE,
    FILES,
    STATUS_NAMES,
    Job,
    JobStatus,
    NewJob,
    UnknownJobError,
    job_folder,
)
from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.office import audit, roles
from reviewer.office.desk import Office
from reviewer.office.records import ConflictError, ForbiddenError, User
from reviewer.office.store import Reading, Row, now
from reviewer.office.wording import clean

LONGEST = 60  # characters of a name
MOST_WAITING = 20
MOST_LISTED = 200


def start(office: Office, actor: User, new: NewJob, uploads: Iterable[Upload] = ()) -> Job:
    """Queue a job over uploaded files, or over `new.folder` of the server; nothing is kept when it is refused."""
    roles.require(actor, "batch:start" if new.folder is None else "batch:folder")
    _check_type(office, new)
    _room(office)
    place = secrets.token_hex(8)
    folder = job_folder(office, place)
    if new.folder is not None:
        target = intake.server_folder(office, new.folder)
        name = clean(new.name, LONGEST, "名称") or target.name[:LONGEST]
        return _queue(office, actor, new, name, place, 0)
    given = list(uploads)
    name = clean(new.name, LONGEST, "名称") or _named_after([name for name, _ in given])
    try:
        files = intake.keep_uploads(office, given, folder / FILES / intake.folder_name(name))
        return _queue(office, actor, new, name, place, files)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _named_after(names: list[str]) -> str:
    first = PurePosixPath(intake.checked_name(names[0])).stem if names else ""
    return first[: LONGEST - 12] + (f" 等{len(names)}个文件" if len(names) > 1 else "")


def _check_type(office: Office, new: NewJob) -> None:
    if new.type is None:
        return
    known = types(office, new.line)
    if new.type not in known:
        raise UsageError(f"没有“{new.type[:40]}”这种文书类型，可用：{'、'.join(known)}")


def types(office: Office, line: Line | None = None) -> tuple[str, ...]:
    """The document types of a line, or of all."""
    lines = office.engine().lexicon.lines
    return tuple(t.name for key, own in lines.items() if line in (None, key) for t in own.types)


def _room(office: Office) -> None:
    with office.store.reading() as db:
        if db.value("SELECT count(*) FROM batch_jobs WHERE status = ?", [JobStatus.QUEUED]) >= MOST_WAITING:
            raise ConflictError(f"已有 {MOST_WAITING} 个批量评分在排队，请等它们完成或取消一些，再开始新的")


def _queue(office: Office, actor: User, new: NewJob, name: str, place: str, files: int) -> Job:
    moment = now()
    with office.store.writing() as db:
        job_id = db.insert("batch_jobs", {
            "name": name, "place": place, "folder": "" if new.folder is None else (new.folder or "."),
            "line": new.line or "", "type": new.type or "", "on_day": (new.on or dt.date.today()).isoformat(),
            "annotate": int(new.annotate), "status": JobStatus.QUEUED, "user_id": actor.id, "user": actor.name,
            "created_at": moment, "queued_at": moment, "files": files,
        })  # fmt: skip
        source = {"files": files} if new.folder is None else {"folder": new.folder}
        audit.record(db, actor.account, "开始批量评分", str(job_id), **source)
        return job_of(db, job_id)


def list_jobs(office: Office, actor: User) -> tuple[Job, ...]:
    """The newest first; everyone with the page sees who has what running."""
    roles.require(actor, "page:batch")
    with office.store.reading() as db:
        return tuple(_job(r) for r in db.rows(f"{_JOBS} ORDER BY j.id DESC LIMIT ?", [MOST_LISTED]))


def get_job(office: Office, actor: User, job_id: int) -> Job:
    roles.require(actor, "page:batch")
    with office.store.reading() as db:
        return job_of(db, job_id)


def may_read(actor: User, job: Job) -> bool:
    """May the person see what came out? Officers may; an administrator reads results of the own jobs only."""
    return roles.may(actor, "batch:read") or (roles.may(actor, "page:batch") and job.user_id == actor.id)


def may_change(actor: User, job: Job) -> bool:
    return roles.may(actor, "batch:stop") or (roles.may(actor, "batch:start") and job.user_id == actor.id)


def cancel(office: Office, actor: User, job_id: int) -> Job:
    """Stop a job; what is done so far is kept, and it can go on later."""
    with office.store.writing() as db:
        job = _own(db, actor, job_id)
        if job.status not in ACTIVE:
            raise ConflictError(f"“{job.name}”已经结束（{STATUS_NAMES[job.status]}），不需要取消")
        if job.status == JobStatus.QUEUED:
            db.update("batch_jobs", job_id, {"status": JobStatus.CANCELLED, "ended_at": now()})
        elif job.status == JobStatus.RUNNING:
            db.update("batch_jobs", job_id, {"status": JobStatus.CANCELLING})
        audit.record(db, actor.account, "取消批量评分", str(job_id))
        return job_of(db, job_id)


def go_on(office: Office, actor: User, job_id: int) -> Job:
    """Queue a job again that was cancelled, interrupted or could not go on; it does what is left to do."""
    _room(office)
    with office.store.writing() as db:
        job = _own(db, actor, job_id)
        if job.status not in CONTINUABLE:
            raise ConflictError(f"“{job.name}”现在是“{STATUS_NAMES[job.status]}”，不需要继续")
        changes = {"status": JobStatus.QUEUED, "queued_at": now(), "ended_at": "", "error": "", "rate": 0.0}
        db.update("batch_jobs", job_id, changes)
        audit.record(db, actor.account, "继续批量评分", str(job_id))
        return job_of(db, job_id)


def remove(office: Office, actor: User, job_id: int) -> None:
    """Remove a job with its uploaded files and results."""
    with office.store.writing() as db:
        job = _own(db, actor, job_id)
        if job.status in ACTIVE:
            raise ConflictError(f"“{job.name}”还没有结束，请先取消")
        db.run("DELETE FROM batch_jobs WHERE id = ?", [job_id])
        audit.record(db, actor.account, "删除批量评分", str(job_id), name=job.name)
    shutil.rmtree(job_folder(office, job.place), ignore_errors=True)  # what stays is swept at the next start


def _own(db: Reading, actor: User, job_id: int) -> Job:
    roles.require(actor, "page:batch")
    job = job_of(db, job_id)
    if not may_change(actor, job):
        raise ForbiddenError(f"这是{job.user}开始的批量评分，请由本人、签发人或管理员办理")
    return job


def job_of(db: Reading, job_id: int) -> Job:
    row = db.one(f"{_JOBS} WHERE j.id = ?", [job_id])
    if row is None:
        raise UnknownJobError("没有这个批量评分，可能已经删除")
    return _job(row)


_JOBS = (
    "SELECT j.*, CASE j.status WHEN 'queued' THEN (SELECT count(*) FROM batch_jobs o WHERE"
    " o.status IN ('running', 'cancelling') OR (o.status = 'queued' AND (o.queued_at, o.id) < (j.queued_at, j.id)))"
    " ELSE 0 END AS ahead FROM batch_jobs j"
)


def _job(r: Row) -> Job:
    return Job(
        id=r["id"], name=r["name"], place=r["place"], folder=r["folder"], line=Line(r["line"]) if r["line"] else None,
        type=r["type"], on=dt.date.fromisoformat(r["on_day"]), annotate=bool(r["annotate"]),
        status=JobStatus(r["status"]), user_id=r["user_id"], user=r["user"], created_at=r["created_at"],
        started_at=r["started_at"], ended_at=r["ended_at"], stage=r["stage"], done=r["done"], total=r["total"],
        failed=r["failed"], rate=r["rate"], files=r["files"], unread=r["unread"], with_findings=r["with_findings"],
        unchecked=r["unchecked"], error=r["error"], ahead=r["ahead"],
    )  # fmt: skip
