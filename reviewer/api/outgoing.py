"""Papers of reviewing together as files: issued opinions, drafts, adoption tables, 督办单, dossiers, the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reviewer.api.login import refusing, signed_in
from reviewer.errors import UsageError
from reviewer.office import fair_competition, ledger, paper_samples, papers, pdf, statistics
from reviewer.office.desk import Office
from reviewer.office.listing import Filter
from reviewer.office.records import User

_HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, no-store"}


def routes(office: Office) -> list[Route]:
    def signed(work: Callable[[User, Request], tuple[str, bytes]]) -> Callable[[Request], object]:
        async def endpoint(request: Request) -> Response:
            name, content = await run_in_threadpool(lambda: work(_user(office, request), request))
            disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
            return Response(content, media_type="application/octet-stream", headers=_HEADERS | disposition)

        return refusing(office, endpoint)

    return [
        Route("/opinions/{id:int}.{suffix:str}", signed(lambda u, r: _opinion(office, u, r))),
        Route("/matter-papers/{id:int}/{kind:str}.docx", signed(lambda u, r: _paper(office, u, r))),
        Route("/supervision/{id:int}.docx", signed(lambda u, r: papers.supervision_paper(office, u, _id(r)))),
        Route("/paper-templates/{kind:str}.docx", signed(lambda u, r: paper_samples.template(office, u, _kind(r)))),
        Route("/paper-samples/{kind:str}.docx", signed(lambda u, r: paper_samples.sample(office, u, _kind(r)))),
        Route("/statistics.xlsx", signed(lambda u, r: _statistics(office, u, r))),
        Route("/ledger.xlsx", signed(lambda u, r: _ledger(office, u, r))),
    ]


def _user(office: Office, request: Request) -> User:
    found = signed_in(office, request)
    if found is None:
        raise UsageError("请先登录")
    return found


def _id(request: Request) -> int:
    found: int = request.path_params["id"]
    return found


def _kind(request: Request) -> str:
    found: str = request.path_params["kind"]
    return found


def _opinion(office: Office, user: User, request: Request) -> tuple[str, bytes]:
    suffix = request.path_params["suffix"]
    if suffix not in ("docx", "pdf"):
        raise UsageError("意见书只有 .docx 和 .pdf 两种格式")
    name, content = papers.content(office, user, _id(request))
    if suffix == "pdf":
        return f"{name.removesuffix('.docx')}.pdf", pdf.as_pdf(content, name)
    return name, content


def _paper(office: Office, user: User, request: Request) -> tuple[str, bytes]:
    kinds = {"draft": papers.draft, "adoption": papers.adoption_paper, "dossier": papers.dossier}
    kind = _kind(request)
    if kind == "fair-competition":
        return fair_competition.form(office, user, _id(request))
    if kind not in kinds:
        raise UsageError("没有这种文书")
    return kinds[kind](office, user, _id(request), dt.date.today())


def _ledger(office: Office, user: User, request: Request) -> tuple[str, bytes]:
    asked, today = request.query_params, dt.date.today()
    numbers = {k: int(v) for k in ("unit", "handler") if (v := asked.get(k, "")).isdigit()}
    wanted = Filter(asked.get("words", ""), asked.get("line", ""), asked.get("status", "all"), numbers.get("unit"),
                    numbers.get("handler"), asked.get("level", ""))  # fmt: skip
    return f"台账{today}.xlsx", ledger.ledger(office, user, wanted, today)


def _statistics(office: Office, user: User, request: Request) -> tuple[str, bytes]:
    try:
        since, until = (dt.date.fromisoformat(request.query_params.get(k, "")) for k in ("since", "until"))
    except ValueError:
        raise UsageError("请写明起止日期，如 since=2026-01-01&until=2026-12-31") from None
    found = statistics.statistics(office, user, since, until)
    return f"统计{since}至{until}.xlsx", statistics.as_workbook(found)
