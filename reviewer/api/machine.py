"""The interface for other systems: the same use cases as the pages, over JSON, with tokens, scopes and a rate limit."""

from __future__ import annotations

import json
import re
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reviewer.api import batches, matter_calls
from reviewer.api.asked import Asked, NotFoundError
from reviewer.api.openapi import BASE, OPERATIONS, Operation, document
from reviewer.batch_jobs.records import UnknownJobError
from reviewer.errors import ReviewerError, UsageError
from reviewer.office import tokens
from reviewer.office.desk import Office
from reviewer.office.records import ConflictError, ForbiddenError, StoreError, User

PER_MINUTE = 120
LARGEST_JSON = 64 << 10
WORK = matter_calls.WORK | batches.WORK
EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


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
    found = WORK[operation.name](asked)
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
