"""The machine review of a matter's text: stored file → pipeline → report, findings and summary in the database.

A review is queued together with its file. One that was interrupted is found at the next start and run again.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from reviewer import exports
from reviewer.domain import Review, Severity
from reviewer.errors import ReviewerError, UsageError
from reviewer.office import audit, roles, rows, triage
from reviewer.office.desk import Office
from reviewer.office.matters import file_for_download
from reviewer.office.records import ReviewSummary, StoredFile, StoredFinding, User
from reviewer.office.store import Row, now
from reviewer.office.triage import Proposal


def run_queued(office: Office, matter_id: int | None = None) -> int:
    """Run what is queued (of one matter); how many. Each review is taken by one worker only."""
    done = 0
    while (review_id := _take(office, matter_id)) is not None:
        _run(office, review_id)
        done += 1
    return done


def requeue_interrupted(office: Office) -> int:
    """At the start of the only server: what was running when it was killed waits again."""
    with office.store.writing() as db:
        return db.run("UPDATE reviews SET status = 'queued' WHERE status = 'running'")


def review_again(office: Office, actor: User, file_id: int) -> ReviewSummary:
    """Review a file under today's rules and law; the earlier result stays in the history."""
    with office.store.writing() as db:
        row = db.one("SELECT * FROM files WHERE id = ?", [file_id])
        if row is None:
            raise UsageError("没有这个文件，或者它不属于您的单位")
        matter = rows.get_matter(db, row["matter_id"])
        roles.require_on(actor, "review", matter)
        review_id = db.insert("reviews", {"matter_id": matter.id, "file_id": file_id, "status": "running"})
        audit.record(db, actor.account, "重新机审", matter.display_number, file=file_id)
    _run(office, review_id)
    with office.store.reading() as reading:
        return rows.get_review(reading, review_id)


def _take(office: Office, matter_id: int | None) -> int | None:
    with office.store.reading() as reading:  # most of the time there is nothing: do not lock for that
        if not reading.value("SELECT 1 FROM reviews WHERE status = 'queued'"):
            return None
    with office.store.writing() as db:
        found = db.value("SELECT id FROM reviews WHERE status = 'queued' AND (:matter IS NULL OR matter_id = :matter)"
                         " ORDER BY id LIMIT 1", {"matter": matter_id})  # fmt: skip
        if found is not None:
            db.update("reviews", found, {"status": "running"})
        return None if found is None else int(found)


def _run(office: Office, review_id: int) -> None:
    with office.store.reading() as reading:
        row = reading.one("SELECT f.* FROM reviews r JOIN files f ON f.id = r.file_id WHERE r.id = ?", [review_id])
        assert row is not None
        stored = rows.stored_file(row)
        line = rows.get_matter(reading, stored.matter_id).line
    start, day = time.perf_counter(), dt.date.today()
    problem = f"{stored.name}：机审程序出错，没有完成。请把这份文件交给管理员，并人工审查"
    try:
        with named(office, stored) as path:
            review = office.engine().review_file(path, on=day, line=line)
            report = exports.export("json", review, path)
        kept = office.files.keep_bytes(report, "机审结果.json")
        problem = ""
    except ReviewerError as error:
        problem = str(error)
        return
    finally:  # an error nobody foresaw goes on to the log, but the matter does not wait for ever
        if problem:
            with office.store.writing() as db:
                db.update("reviews", review_id, {"status": "failed", "error": problem, "reviewed_at": now()})
    seconds = time.perf_counter() - start
    with office.store.writing() as db:
        db.run("DELETE FROM findings WHERE review_id = ?", [review_id])
        db.insert_all("findings", [_finding(review_id, review, i) for i in range(len(review.findings))])
        amount = _amount(review)
        db.update("reviews", review_id, {
            "status": "done", "reviewed_at": now(), "report": kept.sha256, "score": review.score.value,
            "grade": review.score.grade, "type": review.draft.type, "amount": amount,
            "complete": int(review.coverage.complete), "seconds": round(seconds, 3),
            "not_checked": json.dumps(review.coverage.not_checked, ensure_ascii=False),
        })  # fmt: skip
        db.update("matters", stored.matter_id, {"type": review.draft.type, "amount": amount})


@contextmanager
def named(office: Office, stored: StoredFile) -> Iterator[Path]:
    """A path under which a stored file has its own name again, for readers and reports that show it."""
    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        link = Path(folder) / stored.name
        link.symlink_to(office.files.path(stored.sha256).resolve())
        yield link


def _amount(review: Review) -> int | None:
    """The largest stated amount in whole 元, as far as an INTEGER column holds it."""
    found = [a.value for a in review.draft.facts.amounts if a.value < Decimal(10) ** 15]
    return int(max(found)) if found else None


def _finding(review_id: int, review: Review, index: int) -> Row:
    f = review.findings[index]
    return {
        "review_id": review_id, "fingerprint": f.fingerprint, "rule": f.rule, "category": f.category,
        "category_name": f.category_name, "severity": f.severity.value, "start": f.span.start, "end": f.span.end,
        "place": f.where, "title": f.title, "excerpt": f.excerpt, "message": f.message, "suggestion": f.suggestion,
        "basis": json.dumps(f.basis, ensure_ascii=False), "because": f.because, "confidence": f.confidence,
        "minor": int(f.minor),
    }  # fmt: skip


def findings_of(office: Office, actor: User, review_id: int) -> tuple[StoredFinding, ...]:
    with office.store.reading() as db:
        review = rows.get_review(db, review_id)
        roles.require_on(actor, "view", rows.get_matter(db, review.matter_id))
        return rows.findings(db, review_id)


def proposal(office: Office, actor: User, matter_id: int) -> Proposal | None:
    """Which procedure suits the matter, once its text was reviewed."""
    with office.store.reading() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "view", matter)
        done = next((r for r in rows.reviews(db, matter_id) if r.status == "done"), None)
    if done is None:
        return None
    return triage.propose(office.lines[matter.line], matter.type, matter.amount, done.illegal)


def paper(office: Office, actor: User, file_id: int, export: str) -> tuple[str, bytes]:
    """An export (html, annotated_docx) of the review of a file, made anew: name and content."""
    stored = file_for_download(office, actor, file_id)
    with office.store.reading() as db:
        line = rows.get_matter(db, stored.matter_id).line
    suffix = exports.suffix(export)
    with named(office, stored) as path:
        review = office.engine().review_file(path, on=reviewed_on(office, file_id), line=line)
        return f"{Path(stored.name).stem}.{exports.titles()[export]}{suffix}", exports.export(export, review, path)


def reviewed_on(office: Office, file_id: int) -> dt.date:
    """The day of the last review of a file, whose law counts; today before the first."""
    with office.store.reading() as db:
        last = db.value("SELECT max(reviewed_at) FROM reviews WHERE file_id = ? AND status = 'done'", [file_id])
    return dt.date.fromisoformat(last[:10]) if last else dt.date.today()


def counts(summary: ReviewSummary) -> dict[Severity, int]:
    return {Severity.ILLEGAL: summary.illegal, Severity.RISK: summary.risk, Severity.ADVICE: summary.advice}
