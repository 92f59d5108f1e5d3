"""Before every request: who is it, may it come from there, is it too large; after it: headers that keep scripts out.

An ASGI middleware around the routes and around Streamlit's own ones, so that nothing of the pages, their websocket or
their uploads is reachable without a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reviewer.errors import ReviewerError
from reviewer.office import accounts
from reviewer.office.desk import Office
from reviewer.office.records import User

COOKIE = "reviewer_session"
UPLOAD = "/_stcore/upload_file"
OPEN = ("/login", "/setup", "/health", "/calendar/", "/static/", "/favicon", "/_stcore/health", "/robots.txt",
        "/api/v1/")  # fmt: skip  # the last has tokens of its own
OVERHEAD = 64 << 10  # of a multipart body beside the file itself
_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:;"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "same-origin",
    "Content-Security-Policy": _POLICY,
}  # fmt: skip


@dataclass(frozen=True)
class Guard:
    app: ASGIApp
    office: Office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refused = await self._refusal(scope)
        if refused is not None:
            await (_closed(receive, send) if scope["type"] == "websocket" else refused(scope, receive, send))
            return
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _with_headers(send))

    async def _refusal(self, scope: Scope) -> Response | None:
        """The answer instead of the page; None to go on."""
        path: str = scope["path"]
        if path.startswith(UPLOAD) and self._claims_too_much(Headers(scope=scope).get("content-length", "")):
            return self._too_large()  # what lies about its length, Streamlit stops while it streams
        if path.startswith(OPEN) and scope["type"] == "http":
            return None
        try:
            user = await run_in_threadpool(self._user, HTTPConnection(scope))
            first = user is None and not await run_in_threadpool(accounts.has_users, self.office.store)
        except ReviewerError as error:
            return PlainTextResponse(str(error), 503, headers={"Retry-After": "5"})
        if user is not None and not (user.must_change and not path.startswith(("/password", "/logout"))):
            return None
        if scope["type"] == "http" and "text/html" not in Headers(scope=scope).get("accept", ""):
            return PlainTextResponse("请先登录", 401)
        if first:
            return RedirectResponse("/setup", 303)
        if user is not None:
            return RedirectResponse("/password", 303)
        query = scope["query_string"].decode("latin-1")
        wanted = path + (f"?{query}" if query else "")
        return RedirectResponse("/login" + (f"?next={quote(wanted)}" if wanted != "/" else ""), 303)

    def _user(self, connection: HTTPConnection) -> User | None:
        return accounts.user_of(self.office.store, self.office.settings, connection.cookies.get(COOKIE, ""))

    def _claims_too_much(self, length: str) -> bool:
        return length.isdigit() and int(length) > (self.office.settings.upload_megabytes << 20) + OVERHEAD

    def _too_large(self) -> Response:
        return PlainTextResponse(f"文件超过 {self.office.settings.upload_megabytes} MB 的上限", 413)


async def _closed(receive: Receive, send: Send) -> None:
    await receive()  # the connect message
    await send({"type": "websocket.close", "code": 4401, "reason": "请重新登录"})


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return wrapped


def from_here(request: Request, address: str) -> bool:
    """Was a form posted from our own page? By Origin, else Referer, else the browser's own word; else no."""
    own = {request.headers.get("host", "").lower(), urlsplit(address).netloc.lower()} - {""}
    for name in ("origin", "referer"):
        if value := request.headers.get(name):
            return urlsplit(value).netloc.lower() in own
    return request.headers.get("sec-fetch-site") == "same-origin"


def client_address(request: Request, trusted_proxy: bool) -> str:
    """Where a request comes from; the last X-Forwarded-For entry where a proxy of ours wrote it."""
    forwarded = request.headers.get("x-forwarded-for", "") if trusted_proxy else ""
    if forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()[:64]
    return request.client.host if request.client else ""


def safe_next(value: str) -> str:
    """A path of this site to go to after the login; anything else becomes the start page."""
    elsewhere = value.startswith(("//", "/\\", "/login", "/logout")) or any(ord(c) < 32 for c in value)
    return value if value.startswith("/") and not elsewhere else "/"
