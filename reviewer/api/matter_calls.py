"""The operations of the interface on matters, their findings, comments and opinions, and on the law catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from starlette.responses import Response

from reviewer.api.asked import LARGEST_ID, Asked, NotFoundError
from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.office import comments, listing, matters, moving, papers, reviewing
from reviewer.office.comment_records import ANSWER_NAMES, STATUS_NAMES, VERDICT_NAMES, Answer, Comment, Status, Target
from reviewer.office.files import read_chunks
from reviewer.office.listing import Filter
from reviewer.office.matters import NewMatter
from reviewer.office.moving import MoveForm
from reviewer.office.records import ForbiddenError, Matter, Procedure
from reviewer.office.sheet import open_sheet
from reviewer.office.workflow import STATES


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


WORK: dict[str, Callable[[Asked], Any]] = {
    "create": _create, "upload": _upload, "submit": _submit, "matters": _matters, "matter": _one,
    "findings": _findings, "comments": _comments, "answer": _answer, "opinion": _opinion, "laws": _laws,
}  # fmt: skip
