"""The reviewing screen's two ways: a sheet → what the browser draws; what somebody did there → the use case."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit.components.v1 as components

from reviewer.domain import Document, Severity, Span
from reviewer.errors import ReviewerError, UsageError
from reviewer.exports.annotated_pdf import places
from reviewer.office import comments, mentions, similar
from reviewer.office.accounts import list_users
from reviewer.office.comment_records import Answer, Comment, Target, Verdict, Wording
from reviewer.office.desk import Office
from reviewer.office.records import ConflictError, Role, User
from reviewer.office.sheet import Sheet

screen = components.declare_component("sheet", path=str(Path(__file__).parent / "components" / "sheet"))

Asked = Mapping[str, Any]


def shown(office: Office, user: User, sheet: Sheet) -> dict[str, Any]:
    """Everything that the screen draws; offsets count code points."""
    draft = sheet.text.draft
    blocks = [[b.span.start, b.span.end, b.kind.value, b.level,
               [b.cell.table, b.cell.row, b.cell.column] if b.cell else None]
              for b in draft.document.blocks if b.span.of(draft.text).strip()]  # fmt: skip
    staff = {p.id: p.name for role in (Role.HANDLER, Role.APPROVER) for p in list_users(office.store, role)}
    with office.store.reading() as db:
        mentioned = mentions.of_matter(db, sheet.matter.id)
        known = mentions.choices(mentions.mentionable(db, user, sheet.matter)) if "reply" in sheet.can else ()
    cards = [
        {**_comment(c, user), "boxes": _boxes(draft.document, c.place.span),
         "mentions": [[written, who == user.id] for written, who in mentioned.get(c.id, ())]}
        for c in sheet.comments
    ]  # fmt: skip
    text = {"id": sheet.file.id, "text": draft.text, "blocks": blocks, "pages": _pages(draft.document)}
    return {
        "user": user.id, "document": text, "comments": cards, "mentionable": [list(pair) for pair in known],
        "can": sorted(sheet.can), "reviewed": sheet.reviewed,
        "people": [[k, v] for k, v in staff.items()] if "comment" in sheet.can else [],
    }  # fmt: skip


def _pages(document: Document) -> int:
    """How many pages can be shown as pictures."""
    return document.contents.pages or 0 if document.format == "pdf" else 0


def _boxes(document: Document, span: Span | None) -> list[list[float]]:
    """Page, left, top, right and bottom in points of each printed box of a passage."""
    if span is None or not _pages(document):
        return []
    return [[place.page, *(round(x, 1) for x in box)] for place in places(document, span) for box in place.boxes]


def _comment(c: Comment, user: User) -> dict[str, Any]:
    place, wording = c.place, c.wording
    return {
        "key": c.key, "id": c.id, "finding": c.finding_id, "version": c.version, "origin": c.origin,
        "category": c.category_name, "rule": c.rule,
        "fingerprint": c.fingerprint, "severity": wording.severity.value, "title": wording.title,
        "text": wording.text, "suggestion": wording.suggestion, "basis": list(wording.basis), "because": c.because,
        "status": c.status.value, "reason": c.reason, "edited": c.edited, "where": place.where,
        "excerpt": place.excerpt, "start": place.span.start if place.span else None,
        "end": place.span.end if place.span else None, "standing": place.standing, "before": place.before,
        "after": place.after, "proposed": place.proposed.value, "verdict": place.verdict.value,
        "verdict_by": place.verdict_by, "assigned": c.assigned_to, "mine": c.assigned_to == user.id,
        "own": c.created_by == user.id, "answer": c.answer.value, "answer_reason": c.answer_reason,
        "answered": f"{c.answered_by} {_moment(c.answered_at)}" if c.answer else "", "created_name": c.created_name,
        "updated_by": c.updated_by, "updated": _moment(c.updated_at),
        "remarks": [{"at": _moment(r.at), "user": r.user, "kind": r.kind, "text": r.text} for r in c.remarks],
    }  # fmt: skip


def _moment(at: str) -> str:
    return at[5:16].replace("T", " ")


def answer(office: Office, user: User, sheet_matter: int, file_id: int, asked: Asked) -> dict[str, Any]:
    """Do what was asked; what the screen is told. Mistakes and conflicts are sentences, the typed text stays there."""
    told: dict[str, Any] = {"seq": asked.get("seq"), "ok": True, "message": ""}
    try:
        if asked["action"] == "similar":
            found = similar.search(office, user, str(asked["text"])[:2000], besides=sheet_matter)
            told["similar"] = [
                {"excerpt": e.excerpt[:80], "text": e.text, "suggestion": e.suggestion, "matter": e.matter_title,
                 "status": e.status, "answer": e.answer} for e in found
            ]  # fmt: skip
        elif asked["action"] != "refresh":
            told["key"] = _done(office, user, file_id, asked).key
    except ConflictError as error:
        told |= {"ok": False, "conflict": True, "message": str(error)}
    except ReviewerError as error:
        told |= {"ok": False, "message": str(error)}
    except (KeyError, TypeError, ValueError):
        told |= {"ok": False, "message": "页面发来的内容不完整，没有保存。请刷新页面后再试"}
    return told


def _done(office: Office, user: User, file_id: int, asked: Asked) -> Comment:
    action = asked["action"]
    if action == "add":
        return comments.add(office, user, file_id, Span(int(asked["start"]), int(asked["end"])), _wording(asked))
    target = Target(int(asked["id"]), int(asked["finding"]), int(asked["version"]))
    if action == "accept":
        return comments.accept(office, user, target, _wording(asked) if "wording" in asked else None)
    if action == "edit":
        return comments.edit(office, user, target, _wording(asked))
    if action == "dismiss":
        return comments.dismiss(office, user, target, str(asked["reason"]))
    if action in ("restore", "withdraw"):
        return (comments.restore if action == "restore" else comments.withdraw)(office, user, target)
    if action == "merge":
        return comments.merge(office, user, target, int(asked["into"]))
    if action == "reply":
        return comments.reply(office, user, target, str(asked["text"]))
    if action == "assign":
        return comments.assign(office, user, target, asked["user"])
    if action == "answer":
        return comments.answer(office, user, target, Answer(asked["answer"]), str(asked.get("reason", "")))
    if action == "confirm":
        return comments.confirm(office, user, target, Verdict(asked["verdict"]))
    if action == "relocate":
        return comments.relocate(office, user, target, Span(int(asked["start"]), int(asked["end"])))
    raise UsageError("没有这种操作，请刷新页面")


def _wording(asked: Asked) -> Wording:
    given = asked["wording"]
    basis = tuple(line.strip() for line in str(given.get("basis", "")).split("\n") if line.strip())
    return Wording(Severity(given["severity"]), str(given.get("title", "")), str(given["text"]),
                   str(given.get("suggestion", "")), basis)  # fmt: skip
