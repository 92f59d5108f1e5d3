"""Rows of comments, places and remarks → records, and how a new one is written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from reviewer.domain import Severity, Span
from reviewer.errors import UsageError
from reviewer.office.comment_records import (
    MACHINE,
    Answer,
    Comment,
    Place,
    Remark,
    Status,
    Verdict,
    Wording,
)
from reviewer.office.records import StoredFinding, User
from reviewer.office.store import Reading, Row, Writing, now

_COMMENT = """SELECT c.*, u.name AS assigned_name FROM comments c LEFT JOIN users u ON u.id = c.assigned_to"""


def of_matter(db: Reading, matter_id: int, file_id: int | None = None) -> tuple[Comment, ...]:
    """Every comment of a matter, as it stands in a version (in the one it was made on when none is named)."""
    rows = db.rows(f"{_COMMENT} WHERE c.matter_id = ? ORDER BY c.id", [matter_id])
    places = {r["comment_id"]: place(r) for r in db.rows(
        "SELECT p.* FROM places p JOIN comments c ON c.id = p.comment_id WHERE c.matter_id = :matter"
        " AND p.file_id = coalesce(:file, c.file_id)", {"matter": matter_id, "file": file_id})}  # fmt: skip
    remarks = _remarks(db.rows(
        "SELECT r.* FROM remarks r JOIN comments c ON c.id = r.comment_id WHERE c.matter_id = ? ORDER BY r.id",
        [matter_id]))  # fmt: skip
    return tuple(comment(r, places[r["id"]], remarks.get(r["id"], ())) for r in rows if r["id"] in places)


def get(db: Reading, comment_id: int) -> Comment:
    """One comment in the newest version that it was carried to."""
    row = db.one(f"{_COMMENT} WHERE c.id = ?", [comment_id])
    found = db.one("SELECT * FROM places WHERE comment_id = ? ORDER BY file_id DESC LIMIT 1", [comment_id])
    if row is None or found is None:
        raise UsageError("没有这条意见，请刷新页面")
    remarks = _remarks(db.rows("SELECT * FROM remarks WHERE comment_id = ? ORDER BY id", [comment_id]))
    return comment(row, place(found), remarks.get(comment_id, ()))


def _remarks(rows: Iterable[Row]) -> Mapping[int, tuple[Remark, ...]]:
    found: dict[int, list[Remark]] = defaultdict(list)
    for r in rows:
        found[r["comment_id"]].append(Remark(r["at"], r["user"], r["kind"], r["text"]))
    return {k: tuple(v) for k, v in found.items()}


def place(row: Row) -> Place:
    span = None if row["start"] is None else Span(row["start"], row["end"])
    return Place(row["file_id"], span, row["place"], row["excerpt"], row["standing"], row["before"], row["after"],
                 Verdict(row["proposed"]), Verdict(row["verdict"]), row["verdict_by"])  # fmt: skip


def comment(r: Row, where: Place, remarks: tuple[Remark, ...]) -> Comment:
    wording = Wording(Severity(r["severity"]), r["title"], r["text"], r["suggestion"], tuple(json.loads(r["basis"])))
    return Comment(
        id=r["id"], finding_id=0, version=r["version"], matter_id=r["matter_id"], file_id=r["file_id"],
        origin=r["origin"], fingerprint=r["fingerprint"], rule=r["rule"], category=r["category"],
        category_name=r["category_name"], wording=wording, because=r["because"], status=Status(r["status"]),
        place=where, edited=bool(r["edited"]), reason=r["reason"], merged_into=r["merged_into"],
        assigned_to=r["assigned_to"], assigned_name=r["assigned_name"] or "", answer=Answer(r["answer"]),
        answer_reason=r["answer_reason"], answered_by=r["answered_by"], answered_at=r["answered_at"],
        created_by=r["created_by"], created_name=r["created_name"], created_at=r["created_at"],
        updated_by=r["updated_by"], updated_at=r["updated_at"], remarks=remarks,
    )  # fmt: skip


def pending(finding: StoredFinding, matter_id: int, file_id: int) -> Comment:
    """A finding that nobody has decided on, in the shape of a comment."""
    wording = Wording(finding.severity, finding.title, finding.message, finding.suggestion, finding.basis)
    return Comment(
        id=0, finding_id=finding.id, version=0, matter_id=matter_id, file_id=file_id, origin=MACHINE,
        fingerprint=finding.fingerprint, rule=finding.rule, category=finding.category,
        category_name=finding.category_name, wording=wording, because=finding.because, status=Status.PENDING,
        place=Place(file_id, Span(finding.start, finding.end), finding.place, finding.excerpt),
    )  # fmt: skip


def write(db: Writing, actor: User, made: Comment) -> int:
    """Insert a comment with its place; the id."""
    moment = now()
    comment_id = db.insert("comments", {
        "matter_id": made.matter_id, "file_id": made.file_id, "origin": made.origin, "fingerprint": made.fingerprint,
        "rule": made.rule, "category": made.category, "category_name": made.category_name, "because": made.because,
        "status": made.status.value, "reason": made.reason, "edited": int(made.edited), **columns(made.wording),
        "version": made.version, "created_by": actor.id, "created_name": actor.name, "created_at": moment,
        "updated_by": actor.name, "updated_at": moment,
    })  # fmt: skip
    write_place(db, comment_id, made.place)
    return comment_id


def write_place(db: Writing, comment_id: int, where: Place) -> None:
    db.run(
        'INSERT OR IGNORE INTO places (comment_id, file_id, start, "end", place, excerpt, standing, before, after,'
        " proposed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [comment_id, where.file_id, where.span.start if where.span else None, where.span.end if where.span else None,
         where.where, where.excerpt, where.standing, where.before, where.after, where.proposed.value],
    )  # fmt: skip


def columns(wording: Wording) -> Row:
    return {
        "severity": wording.severity.value, "title": wording.title, "text": wording.text,
        "suggestion": wording.suggestion, "basis": json.dumps(wording.basis, ensure_ascii=False),
    }  # fmt: skip


def remark(db: Writing, comment_id: int, actor: User, kind: str, text: str = "") -> None:
    db.insert("remarks", {"comment_id": comment_id, "at": now(), "user_id": actor.id, "user": actor.name,
                          "kind": kind, "text": text})  # fmt: skip
