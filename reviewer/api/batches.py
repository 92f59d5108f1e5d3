"""Batch jobs over HTTP: the interface's operations on them, and for people at a page the files that came out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from reviewer.api.asked import Asked
from reviewer.api.downloads import attachment
from reviewer.api.login import refusing, signed_in
from reviewer.batch_jobs import outcome, requests
from reviewer.batch_jobs.records import STATUS_NAMES, Job, JobStatus, NewJob
from reviewer.batch_jobs.requests import get_job
from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.office.desk import Office
from reviewer.office.files import read_chunks
from reviewer.office.records import User

_PRIVATE = {"Cache-Control": "private, no-store"}
_QUIET = {"Content-Security-Policy": "sandbox; default-src 'none'"} | _PRIVATE
# our own pages with nothing of a document but its escaped text: a style sheet, no script, no form, no frame
_REPORT = {"Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; base-uri 'none';"
           " form-action 'none'; frame-ancestors 'none'"} | _PRIVATE  # fmt: skip
_SHOWN = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8"}
_DOCUMENT = re.compile(r"[0-9a-f]{16}\.html")


# ---------------------------------------------------------------- 网页


def routes(office: Office) -> list[Route]:
    """Reports are shown, everything else is handed over as a file."""

    def work(request: Request) -> Response:
        user = signed_in(office, request)
        if user is None:
            raise UsageError("请先登录")
        return _given(office, user, request.path_params["id"], request.path_params["name"], show=True)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(work, request)

    return [Route("/batches/{id:int}/{name:path}", refusing(office, endpoint))]


def _given(office: Office, user: User, job_id: int, name: str, *, show: bool) -> Response:
    if name == outcome.COPIES:
        called, pieces = outcome.copies_of(office, user, job_id)
        return StreamingResponse(pieces, media_type="application/zip", headers=_QUIET | attachment(called))
    called, path = outcome.file_of(office, user, job_id, name)
    if show and path.suffix in _SHOWN:
        return FileResponse(path, media_type=_SHOWN[path.suffix], headers=_REPORT)
    return FileResponse(path, media_type="application/octet-stream", headers=_QUIET | attachment(called))


# ---------------------------------------------------------------- 接口


def _start(asked: Asked) -> Any:
    new = _wanted(asked)
    if new.folder is not None:
        return _told(requests.start(asked.office, asked.user, new), asked.user)
    name = asked.query("name")
    if not name:
        raise UsageError("请写明 name（文件名，如 2025年合同.zip），或者 folder（服务器上的文件夹）")
    body: Path = asked.body
    return _told(requests.start(asked.office, asked.user, new, [(name, read_chunks(body))]), asked.user)


def _wanted(asked: Asked) -> NewJob:
    line, day, annotate = asked.query("line"), asked.query("on"), asked.query("annotate", "false")
    if line not in ("", *Line):
        raise UsageError(f"line 可用：{'、'.join(Line)}")
    if annotate not in ("true", "false"):
        raise UsageError("annotate 可用：true、false")
    try:
        on = dt.date.fromisoformat(day) if day else None
    except ValueError:
        raise UsageError("on 应为日期，如 2026-11-21") from None
    folder = asked.query("folder") if "folder" in asked.request.query_params else None
    return NewJob(asked.query("title"), Line(line) if line else None, asked.query("type") or None, on,
                  annotate == "true", folder)  # fmt: skip


def _list(asked: Asked) -> Any:
    return {"batches": [_told(job, asked.user) for job in requests.list_jobs(asked.office, asked.user)]}


def _one(asked: Asked) -> Any:
    page = asked.query("page", "1")
    if not (page.isascii() and page.isdigit() and 0 < int(page) <= 100_000):
        raise UsageError("page 应为从 1 起的整数")
    job = get_job(asked.office, asked.user, asked.number("batch"))
    told = _told(job, asked.user)
    if job.status != JobStatus.DONE or not requests.may_read(asked.user, job):
        return told
    found = outcome.outcome(asked.office, asked.user, job.id, int(page))
    figures = found.figures
    return told | {
        "page": found.page, "pages": found.pages, "mean_score": figures.mean_score, "findings": figures.findings,
        "documents": [{
            "place": d.place, "title": d.title, "line": d.line, "type": d.type, "score": d.score, "illegal": d.illegal,
            "risk": d.risk, "advice": d.advice, "complete": bool(d.complete), "report": f"{d.sha256[:16]}.html",
            "top": [{"severity": severity, "message": message} for severity, message in d.top]} for d in found.listed],
        "failures": [f._asdict() for f in found.failures],
    }  # fmt: skip


def _cancel(asked: Asked) -> Any:
    return _told(requests.cancel(asked.office, asked.user, asked.number("batch")), asked.user)


def _go_on(asked: Asked) -> Any:
    return _told(requests.go_on(asked.office, asked.user, asked.number("batch")), asked.user)


def _file(asked: Asked) -> Response:
    name = asked.request.path_params["name"]
    if _DOCUMENT.fullmatch(name):
        name = f"reports/{name[:2]}/{name}"
    return _given(asked.office, asked.user, asked.number("batch"), name, show=False)


def _told(job: Job, user: User) -> dict[str, Any]:
    readable = job.status == JobStatus.DONE and requests.may_read(user, job)
    left_out = {"place", "user_id"}
    return {name: value for name, value in asdict(job).items() if name not in left_out} | {
        "line": job.line or "", "on": job.on.isoformat(), "status_name": STATUS_NAMES[job.status],
        "remaining": None if job.remaining is None else round(job.remaining, 1),
        "downloads": list(outcome.downloads(job)) if readable else [],
    }  # fmt: skip


WORK: dict[str, Callable[[Asked], Any]] = {
    "start_batch": _start, "batches": _list, "batch": _one, "cancel_batch": _cancel, "continue_batch": _go_on,
    "batch_file": _file,
}  # fmt: skip
