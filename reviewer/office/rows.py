"""Rows of the database → records, and the SELECT that reads a matter with the names of its people."""

from __future__ import annotations

import datetime as dt
import json

from reviewer.domain import Line, Severity
from reviewer.errors import UsageError
from reviewer.office.records import (
    Due,
    Matter,
    Procedure,
    ReviewSummary,
    State,
    Step,
    Stop,
    StoredFile,
    StoredFinding,
    Supervision,
)
from reviewer.office.store import Reading, Row

MATTER = """SELECT m.*, units.name AS unit, applicants.name AS applicant, handlers.name AS handler,
    approvers.name AS approver FROM matters m JOIN units ON units.id = m.unit_id
    JOIN users applicants ON applicants.id = m.applicant_id LEFT JOIN users handlers ON handlers.id = m.handler_id
    LEFT JOIN users approvers ON approvers.id = m.approver_id"""


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def matter(row: Row) -> Matter:
    due = Due(row["due_what"], row["due_party"], day(row["due_on"]), bool(row["due_stopped"]),
              bool(row["due_provisional"]))  # fmt: skip
    return Matter(
        id=row["id"], number=row["number"], title=row["title"], line=Line(row["line"]), unit_id=row["unit_id"],
        unit=row["unit"], applicant_id=row["applicant_id"], applicant=row["applicant"], state=State(row["state"]),
        procedure=Procedure(row["procedure"]), hard=bool(row["hard"]), version=row["version"],
        handler_id=row["handler_id"], handler=row["handler"] or "", approver_id=row["approver_id"],
        approver=row["approver"] or "", back_to=State(row["back_to"]) if row["back_to"] else None,
        entered_on=day(row["entered_on"]), submitted_on=day(row["submitted_on"]),
        accepted_on=day(row["accepted_on"]), issued_on=day(row["issued_on"]), closed_on=day(row["closed_on"]),
        due=due, conclusion=row["conclusion"], stage=row["stage"], type=row["type"], amount=row["amount"],
        updated_at=row["updated_at"], updated_by=row["updated_by"],
    )  # fmt: skip


def get_matter(db: Reading, matter_id: int) -> Matter:
    row = db.one(f"{MATTER} WHERE m.id = ?", [matter_id])
    if row is None:
        raise UsageError("没有这件事项，或者它不属于您的单位")
    return matter(row)


def stops(db: Reading, matter_id: int) -> tuple[Stop, ...]:
    rows = db.rows("SELECT * FROM stops WHERE matter_id = ? ORDER BY id", [matter_id])
    return tuple(Stop(dt.date.fromisoformat(r["stopped"]), day(r["resumed"]), r["reason"]) for r in rows)


def steps(db: Reading, matter_id: int) -> tuple[Step, ...]:
    rows = db.rows("SELECT * FROM history WHERE matter_id = ? ORDER BY id", [matter_id])
    return tuple(step(r) for r in rows)


def step(row: Row) -> Step:
    return Step(row["at"], dt.date.fromisoformat(row["on_day"]), row["user"], row["move"], row["name"],
                State(row["source"]), State(row["target"]), row["note"], row["details"])  # fmt: skip


def stored_file(row: Row) -> StoredFile:
    return StoredFile(row["id"], row["matter_id"], row["material"], row["name"], row["sha256"], row["size"],
                      row["version"], row["uploaded_at"], row["uploaded_by"])  # fmt: skip


def files(db: Reading, matter_id: int) -> tuple[StoredFile, ...]:
    rows = db.rows("SELECT * FROM files WHERE matter_id = ? ORDER BY material, version DESC", [matter_id])
    return tuple(stored_file(r) for r in rows)


_REVIEW = """SELECT r.*, f.name AS file_name, sum(x.severity = 'illegal') AS illegal, sum(x.severity = 'risk') AS risk,
    sum(x.severity = 'advice') AS advice FROM reviews r JOIN files f ON f.id = r.file_id
    LEFT JOIN findings x ON x.review_id = r.id"""


def reviews(db: Reading, matter_id: int) -> tuple[ReviewSummary, ...]:
    """The newest first."""
    rows = db.rows(f"{_REVIEW} WHERE r.matter_id = ? GROUP BY r.id ORDER BY r.id DESC", [matter_id])
    return tuple(review(r) for r in rows)


def get_review(db: Reading, review_id: int) -> ReviewSummary:
    row = db.one(f"{_REVIEW} WHERE r.id = ? GROUP BY r.id", [review_id])
    if row is None:
        raise UsageError("没有这次机审的记录，请刷新页面")
    return review(row)


def review(row: Row) -> ReviewSummary:
    return ReviewSummary(
        row["id"], row["matter_id"], row["file_id"], row["file_name"], row["status"], row["reviewed_at"], row["score"],
        row["grade"], row["illegal"] or 0, row["risk"] or 0, row["advice"] or 0, bool(row["complete"]),
        tuple(json.loads(row["not_checked"])), row["error"], row["seconds"],
    )  # fmt: skip


def findings(db: Reading, review_id: int) -> tuple[StoredFinding, ...]:
    rows = db.rows("SELECT * FROM findings WHERE review_id = ? ORDER BY id", [review_id])
    return tuple(
        StoredFinding(
            r["id"], r["review_id"], r["fingerprint"], r["rule"], r["category"], r["category_name"],
            Severity(r["severity"]), r["start"], r["end"], r["place"], r["title"], r["excerpt"], r["message"],
            r["suggestion"], tuple(json.loads(r["basis"])), r["because"], r["confidence"],
            bool(r["minor"]),
        )
        for r in rows
    )  # fmt: skip


SUPERVISION = """SELECT s.*, m.number AS matter_number, m.title AS matter_title FROM supervisions s
    JOIN matters m ON m.id = s.matter_id"""


def supervision(row: Row) -> Supervision:
    return Supervision(
        row["id"], row["matter_id"], row["matter_number"], row["matter_title"], row["level"], row["number"],
        dt.date.fromisoformat(row["on_day"]), dt.date.fromisoformat(row["due_on"]), row["days_over"], row["what"],
        row["to_name"], row["text"],
    )  # fmt: skip
