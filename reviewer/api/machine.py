"""The interface for other systems: the same use cases as the pages, over JSON, with tokens, scopes and a rate limit."""

from __future__ import annotations

import json
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reviewer.api import batches
from reviewer.api.openapi import BASE, OPERATIONS, Operation, document
from reviewer.batch_jobs.records import UnknownJobError
from reviewer.domain import Line
from reviewer.errors import ReviewerError, UsageError
from reviewer.office import comments, listing, matters, moving, papers, reviewing, tokens
from reviewer.office.comment_records import ANSWER_NAMES, STATUS_NAMES, VERDICT_NAMES, Answer, Comment, Status, Target
from reviewer.office.desk import Office
from reviewer.office.files import read_chunks
from reviewer.office.listing import Filter
from reviewer.office.matters import NewMatter
from reviewer.office.moving import MoveForm
from reviewer.office.records import ConflictError, ForbiddenError, Matter, Procedure, StoreError, User
from reviewer.office.sheet import open_sheet
from reviewer.office.workflow import STATES

PER_MINUTE = 120
LARGEST_JSON = 64 << 10
LARGEST_ID = 2**53 - 1
EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


class NotFoundError(UsageError):
    """There is no such thing, or the account may not see it."""


@dataclass
class Rate:
    """A bucket for each token: full at the start, filled again evenly."""

    per_minute: int = PER_MINUTE
    buckets: dict[int, tuple[float, float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, token_id: int, moment: float) -> float:
        """Take one; 0, or after how many seconds there is one again."""
        with self.lock:
            left, since = self.buckets.get(token_id, (float(self.per_minute), moment))
            left = min(self.per_minute, left + (moment - since) * self.per_minute / 60)
            if left < 1:
                self.buckets[token_id] = (left, moment)
                return (1 - left) * 60 / self.per_minute
            self.buckets[token_id] = (left - 1, moment)
            return 0.0


@dataclass(frozen=True)
class Asked:
    """One call: who, the numbers in the path, the query, and what came with it."""

    office: Office
    user: User
    request: Request
    body: Any  # the decoded JSON, the path of a file, or None

    def number(self, name: str) -> int:
        found: int = self.request.path_params[name]
        if not 0 < found <= LARGEST_ID:
            raise NotFoundError("没有这个编号")
        return found

    def query(self, name: str, default: str = "") -> str:
        return self.request.query_params.get(name, default)


def routes(office: Office, rate: Rate | None = None) -> list[Route]:
    """The operations and the document that describes them."""
    limit = rate or Rate()

    async def described(_: Request) -> Response:
        return JSONResponse(document(office.settings.address))

    made = [Route(f"{BASE}/openapi.json", described)]
    for operation in OPERATIONS:
        path = BASE + re.sub(r"\{(matter|comment|batch)\}", r"{\1:int}", operation.path)
        endpoint = _endpoint(office, operation, limit)
        made.append(Route(path, endpoint, methods=[operation.method.upper()], name=operation.name))

    async def unknown(request: Request) -> Response:
        allowed = {m for r in made if r.path_regex.match(request.url.path) for m in r.methods or ()}
        if not allowed:
            return _problem(404, f"没有这个接口，接口说明见 {BASE}/openapi.json")
        said = f"这个地址只能用 {'、'.join(sorted(allowed))}，接口说明见 {BASE}/openapi.json"
        return _problem(405, said, {"Allow": ", ".join(sorted(allowed))})

    return [*made, Route(f"{BASE}/{{rest:path}}", unknown, methods=EVERY_METHOD)]


def _endpoint(office: Office, operation: Operation, limit: Rate) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        found = await run_in_threadpool(_bearer, office, request)
        if found is None:
            return _problem(401, "没有令牌，或者令牌无效、已停用", {"WWW-Authenticate": "Bearer"})
        token, user = found
        if seconds := limit.wait(token.id, time.monotonic()):
            return _problem(429, "请求过于频繁，请稍后再试", {"Retry-After": str(int(seconds) + 1)})
        with tempfile.TemporaryDirectory(prefix="reviewer-api-") as folder:
            try:
                tokens.require_scope(token, operation.scope)
                body = await _body(office, operation, request, Path(folder))
                asked = Asked(office, user, request, body)
                return await run_in_threadpool(_answered, operation, asked)
            except ReviewerError as error:
                return _refused(error)

    return endpoint


def _answered(operation: Operation, asked: Asked) -> Response:
    found = _WORK[operation.name](asked)
    if isinstance(found, Response):
        return found
    return JSONResponse(found, operation.status, headers={"Cache-Control": "no-store"})


def _bearer(office: Office, request: Request) -> tuple[tokens.Token, User] | None:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    return tokens.bearer(office, secret.strip()) if kind.lower() == "bearer" else None


def _refused(error: ReviewerError) -> Response:
    absent = (NotFoundError, UnknownJobError)
    kinds = ((absent, 404), (ForbiddenError, 403), (ConflictError, 409), (StoreError, 503))
    status = next((code for kind, code in kinds if isinstance(error, kind)), 400)
    if status == 400 and ("没有这件事项" in str(error) or "没有这条意见" in str(error)):
        status = 404
    return _problem(413 if "MB 的上限" in str(error) else status, str(error))


def _problem(status: int, said: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": said}, status, headers=headers)


async def _body(office: Office, operation: Operation, request: Request, folder: Path) -> Any:
    if operation.body is None:
        return None
    if operation.body == "file":
        return await _file(request, folder, office.settings.upload_megabytes << 20)
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_JSON:
            raise UsageError(f"请求超过 {LARGEST_JSON >> 10} KB")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise UsageError("请求体不是合法的 JSON") from None


async def _file(request: Request, folder: Path, limit: int) -> Path:
    path, size = folder / "upload", 0
    with path.open("wb") as out:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise UsageError(f"超过单个文件 {limit >> 20} MB 的上限，没有保存。请拆分后再上传")
            out.write(chunk)
    return path


class _Create(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    line: Line
    unit: int | msgspec.UnsetType = msgspec.UNSET
    procedure: Procedure = Procedure.ORDINARY
    stage: str = ""


class _Submit(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    note: str = ""


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    answer: Answer
    version: int
    reason: str = ""


def _as(kind: Any, body: Any) -> Any:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"请求内容不符合接口说明：{error}") from None


def _create(asked: Asked) -> Any:
    form: _Create = _as(_Create, asked.body)
    unit = asked.user.unit_id if form.unit is msgspec.UNSET else form.unit
    if unit is None or not 0 < unit <= LARGEST_ID:
        raise UsageError("请写明送审单位 unit（编号）")
    new = NewMatter(form.title, form.line, unit, form.procedure, form.stage)
    return _matter(matters.create(asked.office, asked.user, new))


def _upload(asked: Asked) -> Any:
    name, material = asked.query("name"), asked.query("material")
    if not name or not material:
        raise UsageError("请写明 material（材料种类）和 name（文件名）")
    matter_id = asked.number("matter")
    _visible(asked, matter_id)
    chunks: Iterator[bytes] = read_chunks(asked.body)
    file_id = matters.upload(asked.office, asked.user, matter_id, material, name, chunks)
    return {"id": file_id, "matter": matter_id, "material": material}


def _submit(asked: Asked) -> Any:
    form: _Submit = _as(_Submit, asked.body)
    matter_id = asked.number("matter")
    _visible(asked, matter_id)
    return _matter(moving.move(asked.office, asked.user, matter_id, "submit", form.version, MoveForm(form.note)))


def _matters(asked: Asked) -> Any:
    import datetime as dt

    status, page = asked.query("status", "open"), asked.query("page", "1")
    if status not in ("open", "closed", "all", *(s.value for s in STATES)):
        raise UsageError("status 可用：open、closed、all 或者办理状态")
    if not (page.isascii() and page.isdigit() and 0 < int(page) <= 100_000):
        raise UsageError("page 应为从 1 起的整数")
    found = listing.search(asked.office, asked.user, Filter(asked.query("words"), status=status), dt.date.today(),
                           page=int(page))  # fmt: skip
    listed = [_matter(m) for m in found.matters]
    return {"total": found.total, "page": found.page, "pages": found.pages, "matters": listed}


def _visible(asked: Asked, matter_id: int) -> matters.MatterView:
    """The matter, when the account sees it; otherwise it does not exist."""
    try:
        return matters.view(asked.office, asked.user, matter_id)
    except ForbiddenError as error:
        raise NotFoundError(str(error)) from None


def _one(asked: Asked) -> Any:
    view = _visible(asked, asked.number("matter"))
    return _matter(view.matter) | {
        "files": [{"id": f.id, "material": f.material, "name": f.name, "version": f.version, "sha256": f.sha256}
                  for f in view.files],
        "missing": [m.key for m in view.missing],
        "history": [{"on": str(s.on), "step": s.name, "user": s.user, "state": s.target.value, "note": s.note}
                    for s in view.history],
        "reviews": [{"file": r.file_id, "status": r.status, "score": r.score, "complete": r.complete, "error": r.error}
                    for r in view.reviews],
    }  # fmt: skip


def _findings(asked: Asked) -> Any:
    view = _visible(asked, asked.number("matter"))
    done = next((r for r in view.reviews if r.status == "done"), None)
    if done is None:
        return {"reviewed": False, "findings": []}
    found = reviewing.findings_of(asked.office, asked.user, done.id)
    return {
        "reviewed": True, "score": done.score, "complete": done.complete, "not_checked": list(done.not_checked),
        "findings": [{
            "id": f.fingerprint, "rule": f.rule, "category": f.category, "severity": f.severity.value, "start": f.start,
            "end": f.end, "where": f.place, "excerpt": f.excerpt, "title": f.title, "message": f.message,
            "suggestion": f.suggestion, "basis": list(f.basis), "because": f.because,
            "minor": f.minor} for f in found],
    }  # fmt: skip


def _comments(asked: Asked) -> Any:
    matter_id = asked.number("matter")
    _visible(asked, matter_id)
    sheet = open_sheet(asked.office, asked.user, matter_id)
    return {"comments": [_comment(c) for c in sheet.comments if c.id and c.status is not Status.PENDING]}


def _answer(asked: Asked) -> Any:
    form: _Answer = _as(_Answer, asked.body)
    matter_id, comment_id = asked.number("matter"), asked.number("comment")
    _visible(asked, matter_id)
    if comment_id not in {c.id for c in open_sheet(asked.office, asked.user, matter_id).comments}:
        raise NotFoundError("没有这条意见，或者它不属于这件事项")
    target = Target(comment_id, 0, form.version)
    return _comment(comments.answer(asked.office, asked.user, target, form.answer, form.reason))


def _opinion(asked: Asked) -> Response:
    from urllib.parse import quote

    matter_id = asked.number("matter")
    _visible(asked, matter_id)
    found = papers.issued(asked.office, asked.user, matter_id)
    if not found:
        raise NotFoundError("还没有印发意见书")
    name, content = papers.content(asked.office, asked.user, found[0].id)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
               "X-Opinion-Number": quote(found[0].number)}  # fmt: skip
    return Response(content, media_type="application/octet-stream", headers=headers)


def _laws(asked: Asked) -> Any:
    import datetime as dt

    words, day = asked.query("words"), dt.date.today()
    if not words.strip() or len(words) > 200:
        raise UsageError("请写明 words（法规名称、简称或文号，不超过 200 字）")
    catalogue = asked.office.engine().catalogue
    return {"laws": [{
        "title": law.title, "rank": law.rank, "number": law.number, "status": law.status(day),
        "effective": str(law.effective or ""), "articles": catalogue.articles_on(law, day),
        "replaced_by": list(catalogue.in_force(law, day)) if law.status(day) == "已废止" else [],
    } for law in catalogue.search(words)]}  # fmt: skip


def _matter(m: Matter) -> dict[str, Any]:
    return {
        "id": m.id, "number": m.number, "title": m.title, "line": m.line.value, "unit": m.unit, "state": m.state.value,
        "state_name": STATES[m.state].name, "procedure": m.procedure.value, "version": m.version, "handler": m.handler,
        "due": str(m.due.on or ""), "due_what": m.due.what, "conclusion": m.conclusion,
    }  # fmt: skip


def _comment(c: Comment) -> dict[str, Any]:
    return {
        "id": c.id, "version": c.version, "severity": c.wording.severity.value, "where": c.place.where,
        "excerpt": c.place.excerpt, "title": c.wording.title, "text": c.wording.text,
        "suggestion": c.wording.suggestion, "basis": list(c.wording.basis), "status": c.status.value,
        "status_name": STATUS_NAMES[c.status], "answer": c.answer.value, "answer_name": ANSWER_NAMES[c.answer],
        "answer_reason": c.answer_reason, "verdict": VERDICT_NAMES[c.place.verdict] if c.place.verdict else "",
    }  # fmt: skip


_WORK: dict[str, Callable[[Asked], Any]] = {
    "create": _create, "upload": _upload, "submit": _submit, "matters": _matters, "matter": _one,
    "findings": _findings, "comments": _comments, "answer": _answer, "opinion": _opinion, "laws": _laws,
    **batches.WORK,
}  # fmt: skip
