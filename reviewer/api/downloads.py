"""Files, papers, calendar feeds, backups and health, each with its rights; nothing uploaded is ever rendered."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from reviewer import __version__
from reviewer.api.login import page, refusing, signed_in
from reviewer.errors import ReviewerError, UsageError
from reviewer.office import accounts, matters, notices, page_pictures, reviewing, supervision
from reviewer.office.desk import Office
from reviewer.office.records import User
from reviewer.office.roles import require

BACKUPS = "backups"
PAPERS = ("html", "annotated_docx", "annotated_pdf", "json", "text", "sarif")
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1f5f99"/>'
    '<path d="M9 7h10l4 4v14H9z" fill="#fff"/><path d="M12 17l3 3 5-6" stroke="#1f5f99" stroke-width="2" fill="none"/>'
    "</svg>"
)
_SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, no-store"}


def routes(office: Office) -> list[Route]:
    def signed(work: Callable[[User, Request], Response]) -> Callable[[Request], object]:
        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(lambda: work(_user(office, request), request))

        return refusing(office, endpoint)

    async def health(request: Request) -> Response:
        return await run_in_threadpool(_health, office)

    async def icon(_: Request) -> Response:
        return Response(_ICON, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    async def feed(request: Request) -> Response:
        token = request.path_params["token"]
        owner = await run_in_threadpool(accounts.user_by_feed, office.store, token)
        if owner is None:
            return PlainTextResponse("没有这个日历", 404)
        content = await run_in_threadpool(notices.feed, office, owner, dt.date.today())
        return Response(content, media_type="text/calendar; charset=utf-8")

    return [
        Route("/health", health),
        Route("/favicon.png", icon),
        Route("/calendar/{token:str}.ics", feed),
        Route("/files/{id:int}", signed(lambda u, r: _file(office, u, r.path_params["id"]))),
        Route("/pages/{id:int}/{number:int}.png", signed(lambda u, r: _page(office, u, r))),
        Route("/papers/{name:str}/{id:int}", signed(lambda u, r: _paper(office, u, r))),
        Route("/supervision/{id:int}", signed(lambda u, r: _supervision(office, u, r.path_params["id"]))),
        Route("/backups/{name:str}", signed(lambda u, r: _backup(office, u, r.path_params["name"]))),
    ]


def _user(office: Office, request: Request) -> User:
    found = signed_in(office, request)
    if found is None:
        raise UsageError("请先登录")
    return found


def attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def _file(office: Office, user: User, file_id: int) -> Response:
    stored = matters.file_for_download(office, user, file_id)
    path = office.files.path(stored.sha256)
    if not path.is_file():
        raise UsageError(f"{stored.name}：文件不在磁盘上，请管理员从备份恢复")
    return FileResponse(path, media_type="application/octet-stream", headers=_SANDBOX | attachment(stored.name))


def _page(office: Office, user: User, request: Request) -> Response:
    content = page_pictures.picture(office, user, request.path_params["id"], request.path_params["number"])
    headers = _SANDBOX | {"Cache-Control": "private, max-age=600"}  # for turning back and forth
    return Response(content, media_type="image/png", headers=headers)


def _paper(office: Office, user: User, request: Request) -> Response:
    name = request.path_params["name"]
    if name not in PAPERS:
        raise UsageError(f"没有“{name}”这种文书，可用：{'、'.join(PAPERS)}")
    file_name, content = reviewing.paper(office, user, request.path_params["id"], name)
    return Response(content, media_type="application/octet-stream", headers=_SANDBOX | attachment(file_name))


def _supervision(office: Office, user: User, supervision_id: int) -> Response:
    paper, matter = supervision.get_supervision(office, user, supervision_id)
    return page(office, "supervision.html", title=paper.number, paper=paper, matter=matter)


def _backup(office: Office, user: User, name: str) -> Response:
    require(user, "manage:backup")
    path = office.folder / BACKUPS / name
    if path.parent != office.folder / BACKUPS or path.suffix != ".zip" or not path.is_file():
        raise UsageError("没有这个备份文件")
    return FileResponse(path, media_type="application/zip", headers=_SANDBOX | attachment(name))


def _health(office: Office) -> Response:
    """Can the database be read, is there room on the disk? For monitoring; nothing of the content."""
    import shutil

    free = shutil.disk_usage(office.folder).free >> 20
    state: dict[str, object] = {"status": "ok", "version": __version__, "free_megabytes": free}
    try:
        with office.store.reading() as db:
            state["queued_reviews"] = db.value("SELECT count(*) FROM reviews WHERE status IN ('queued', 'running')")
    except (ReviewerError, sqlite3.Error) as error:
        return JSONResponse(state | {"status": "failing", "problem": str(error)}, 503)
    if free < 200:
        return JSONResponse(state | {"status": "failing", "problem": "磁盘空间不足 200 MB"}, 503)
    return JSONResponse(state)
