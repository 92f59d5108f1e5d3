"""A change of one comment as one transaction: rights, version, the work itself, the new version, the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reviewer.errors import UsageError
from reviewer.office import audit, comment_rows, roles, rows, similar
from reviewer.office.comment_records import PERSON, STATUS_NAMES, Comment, Status, Target
from reviewer.office.desk import Office
from reviewer.office.records import ConflictError, ForbiddenError, Matter, State, User
from reviewer.office.store import Reading, Row, Writing, now
from reviewer.office.workflow import STATES

NOT_YET = frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED})
Work = Callable[[Writing, Comment], Row]


def change(office: Office, actor: User, target: Target, action: str, name: str, work: Work, *, own: bool = False
            ) -> Comment:  # fmt: skip
    """Rights, version, the work, the new version and the log, in one transaction. `own`: its author may, too."""
    with office.store.writing() as db:
        found, matter = comment_of(db, actor, target)
        author = own and found.origin == PERSON and found.created_by == actor.id
        require(actor, "comment" if author else action, matter)
        _same_version(found, target)
        changes = work(db, found)
        db.update("comments", found.id, {**changes, "version": found.version + 1, "updated_by": actor.name,
                                         "updated_at": now()})  # fmt: skip
        audit.record(db, actor.account, name, matter.display_number, comment=found.id, version=found.version + 1)
        return comment_rows.get(db, found.id)


def comment_of(db: Writing, actor: User, target: Target) -> tuple[Comment, Matter]:
    """The comment; a finding that nobody touched becomes one now (taken back when the rest is refused)."""
    if target.comment_id:
        found = comment_rows.get(db, target.comment_id)
        return found, rows.get_matter(db, found.matter_id)
    row = db.one("SELECT r.matter_id, r.file_id, x.review_id FROM findings x JOIN reviews r ON r.id = x.review_id"
                 " WHERE x.id = ?", [target.finding_id])  # fmt: skip
    if row is None:
        raise UsageError("这条机审意见已经更新，请刷新页面")
    finding = next(f for f in rows.findings(db, row["review_id"]) if f.id == target.finding_id)
    matter = rows.get_matter(db, row["matter_id"])
    known = db.value("SELECT id FROM comments WHERE file_id = ? AND fingerprint = ?",
                     [row["file_id"], finding.fingerprint])  # fmt: skip
    if known is not None:
        return comment_rows.get(db, known), matter
    roles.require_on(actor, "view", matter)
    made = comment_rows.pending(finding, matter.id, row["file_id"])
    comment_id = comment_rows.write(db, actor, made)
    similar.index(db, comment_id, finding.excerpt, finding.title, finding.message, finding.suggestion)
    return replace(comment_rows.get(db, comment_id), version=0), matter


def _same_version(found: Comment, target: Target) -> None:
    if found.version == target.version:
        return
    raise ConflictError(
        f"{found.updated_by} 已在 {found.updated_at[11:16]} 先处理了这条意见（现在是“{STATUS_NAMES[found.status]}”），"
        "您的修改没有保存，输入的文字还在。请看过最新内容后再处理"
    )


def require(actor: User, action: str, matter: Matter) -> None:
    """Raises a sentence unless the person may do it to comments of this matter now."""
    roles.require_on(actor, action, matter)
    info = STATES[matter.state]
    if info.closed or matter.state in NOT_YET:
        raise UsageError(f"事项{info.name}，现在不能处理意见")
    if action == "answer" and matter.state in (State.ISSUED, State.FILED):
        raise UsageError("意见书已经签发，不能再答复")


def shared_until(db: Reading, matter_id: int) -> str:
    """Comments made until this moment were given to the unit: the last feedback, supplement request or signing."""
    moves = "'feedback', 'ask_supplement', 'sign', 'archive', 'archive_filed'"
    return str(db.value(f"SELECT coalesce(max(at), '') FROM history WHERE matter_id = ? AND move IN ({moves})",
                        [matter_id]))  # fmt: skip


def shown_to(db: Reading, actor: User, found: Comment, matter: Matter) -> None:
    """An applicant deals with what was given to the unit only."""
    if not roles.is_staff(actor) and not is_given(db, found, matter):
        raise ForbiddenError("这条意见还没有反馈给送审单位")


def is_given(db: Reading, found: Comment, matter: Matter) -> bool:
    return found.status is Status.ACCEPTED and found.created_at <= shared_until(db, matter.id)
