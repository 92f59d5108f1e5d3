"""Login, log-out, first administrator, change of password: plain HTML forms outside of Streamlit."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from reviewer.api.guard import COOKIE, client_address, from_here, safe_next
from reviewer.errors import ReviewerError, UsageError
from reviewer.office import accounts
from reviewer.office.accounts import NewUser
from reviewer.office.desk import Office
from reviewer.office.records import Role, User

MAXIMUM_FORM = 32 << 10
CROSS_SITE = "这个请求不是从本系统的页面发出的，已拒绝。请从登录页重新登录"


def routes(office: Office, setup_code: str) -> list[Route]:
    pages: list[tuple[str, Callable[[Request], object]]] = [
        ("/login", partial(_login, office)), ("/logout", partial(_logout, office)),
        ("/setup", partial(_setup, office, setup_code)), ("/password", partial(_password, office)),
    ]  # fmt: skip
    return [Route(path, refusing(office, endpoint), methods=["GET", "POST"]) for path, endpoint in pages]


async def _login(office: Office, request: Request) -> Response:
    if request.method == "GET":
        if not await run_in_threadpool(accounts.has_users, office.store):
            return RedirectResponse("/setup", 303)
        return _login_page(office, request.query_params.get("next", "/"))
    fields = await form(request, office)
    account, wanted = fields.get("account", ""), safe_next(fields.get("next", "/"))
    address = client_address(request, office.settings.trusted_proxy)
    try:
        token = await _token(office, account, fields.get("password", ""), address)
    except ReviewerError as error:
        return _login_page(office, wanted, account=account, error=str(error), status=401)
    return _logged_in(office, request, wanted, token)


async def _logout(office: Office, request: Request) -> Response:
    if request.method == "GET":
        return page(office, "logout.html", title="退出登录")
    await form(request, office)
    await run_in_threadpool(accounts.log_out, office.store, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


async def _setup(office: Office, setup_code: str, request: Request) -> Response:
    if await run_in_threadpool(accounts.has_users, office.store):
        return RedirectResponse("/login", 303)
    if request.method == "GET":
        return page(office, "setup.html", title="首次使用", code=request.query_params.get("code", ""), fields={})
    fields = await form(request, office)
    try:
        if not secrets.compare_digest(fields.get("code", "").encode(), setup_code.encode()):
            raise UsageError("安装码不正确，请查看启动服务的窗口")
        await run_in_threadpool(_set_up, office, fields)
        token = await _token(office, fields["account"], fields["password"], "")
    except ReviewerError as error:
        return page(office, "setup.html", 400, title="首次使用", error=str(error), code=fields.get("code", ""),
                    fields=fields)  # fmt: skip
    return _logged_in(office, request, "/", token)


async def _password(office: Office, request: Request) -> Response:
    user = await run_in_threadpool(signed_in, office, request)
    if user is None:
        return RedirectResponse("/login", 303)
    if request.method == "GET":
        return page(office, "password.html", title="修改密码", user=user)
    fields = await form(request, office)
    try:
        if fields.get("new", "") != fields.get("again", ""):
            raise UsageError("两次输入的新密码不一致")
        await run_in_threadpool(accounts.change_password, office.store, user, fields.get("old", ""),
                                fields.get("new", ""))  # fmt: skip
        token = await _token(office, user.account, fields["new"], "")
    except ReviewerError as error:
        return page(office, "password.html", 400, title="修改密码", user=user, error=str(error))
    return _logged_in(office, request, "/", token)


async def _token(office: Office, account: str, password: str, address: str) -> str:
    return await run_in_threadpool(accounts.log_in, office.store, office.settings, account, password, address)


class CrossSiteError(ReviewerError):
    """A form came from somebody else's page."""


def refusing(office: Office, endpoint: Callable[[Request], object]) -> Callable[[Request], object]:
    """The endpoint with errors as pages that say what happened."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)  # type: ignore[misc, no-any-return]
        except CrossSiteError as error:
            return page(office, "message.html", 403, title="已拒绝", error=str(error))
        except ReviewerError as error:
            return page(office, "message.html", 400, title="没有完成", error=str(error))

    return answered


async def form(request: Request, office: Office) -> dict[str, str]:
    """The fields of a small form from our own page."""
    if not from_here(request, office.settings.address):
        raise CrossSiteError(CROSS_SITE)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAXIMUM_FORM:
            raise UsageError("提交的内容过长")
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50)
    return {name: values[-1] for name, values in fields.items()}


def signed_in(office: Office, request: Request) -> User | None:
    return accounts.user_of(office.store, office.settings, request.cookies.get(COOKIE, ""))


def _set_up(office: Office, fields: dict[str, str]) -> None:
    roles = {Role.ADMINISTRATOR} | ({Role.HANDLER} if fields.get("handler") else set())
    if fields.get("password", "") != fields.get("again", ""):
        raise UsageError("两次输入的密码不一致")
    admin = accounts.first_administrator(
        office.store,
        NewUser(fields.get("account", "").strip(), fields.get("name", ""), frozenset(roles),
                fields.get("password", ""), must_change=False),
    )  # fmt: skip
    if unit := fields.get("unit", "").strip():
        accounts.add_unit(office.store, admin, unit)


def _logged_in(office: Office, request: Request, wanted: str, token: str) -> Response:
    answer = RedirectResponse(wanted, 303)
    secure = office.settings.address.startswith("https://") or request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, max_age=int(office.settings.session_hours * 3600), path="/", httponly=True,
                      samesite="lax", secure=secure)  # fmt: skip
    return answer


def _login_page(office: Office, wanted: str, *, account: str = "", error: str = "", status: int = 200) -> Response:
    from reviewer.office.demo import is_demo, people

    demo = people() if is_demo(office) else ()
    return page(office, "login.html", status, title="登录", next=safe_next(wanted), account=account, error=error,
                demo=demo)  # fmt: skip


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)


def page(office: Office, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """One of our own HTML pages; every value is escaped."""
    content = _templates().get_template(template).render(office=office.settings.name, **values)
    return HTMLResponse(content, status, headers={"Cache-Control": "no-store"})
