"""The use cases of comments: accept, edit, dismiss, merge, add, reply, assign, answer, confirm; each one transaction.

Every change names the version of the comment that the person looked at. When somebody was faster, ConflictError says
who and what, nothing is written, and the page keeps what was typed.
"""

from __future__ import annotations

import json

from reviewer.domain import Span
from reviewer.errors import UsageError
from reviewer.office import accounts, audit, comment_rows, mentions, roles, rows, similar, telling
from reviewer.office.comment_change import change, comment_of, is_given, require, shown_to
from reviewer.office.comment_records import (
    ANSWER_NAMES,
    PERSON,
    SEVERITY_NAMES,
    STATUS_NAMES,
    VERDICT_NAMES,
    Answer,
    Comment,
    Place,
    Status,
    Target,
    Verdict,
    Wording,
)
from reviewer.office.desk import Office
from reviewer.office.records import Role, StoredFile, User
from reviewer.office.store import Reading, Row, Writing, now
from reviewer.office.texts import text_of
from reviewer.office.wording import clean, needed

TEXT_LENGTH = 2000
TITLE_LENGTH = 100
REASON_LENGTH = 500


def accept(office: Office, actor: User, target: Target, wording: Wording | None = None) -> Comment:
    """Make a finding (or a dismissed comment again) an opinion of the office, in other words where given."""
    clean_wording = _wording(wording) if wording else None

    def work(db: Writing, found: Comment) -> Row:
        if clean_wording is None or clean_wording == found.wording:
            return _status(db, actor, found, Status.ACCEPTED, "accept", "")
        comment_rows.remark(db, found.id, actor, "edit", _difference(found.wording, clean_wording))
        _mention(office, db, actor, found, clean_wording.text, before=found.wording.text)
        return {**comment_rows.columns(clean_wording), "edited": 1, "status": Status.ACCEPTED.value, "reason": ""}

    return change(office, actor, target, "dispose", "采用意见", work)


def edit(office: Office, actor: User, target: Target, wording: Wording) -> Comment:
    """Write a comment anew: the handler any, everybody their own."""
    cleaned = _wording(wording)

    def work(db: Writing, found: Comment) -> Row:
        comment_rows.remark(db, found.id, actor, "edit", _difference(found.wording, cleaned))
        _mention(office, db, actor, found, cleaned.text, before=found.wording.text)
        return {**comment_rows.columns(cleaned), "edited": 1}

    return change(office, actor, target, "dispose", "修改意见", work, own=True)


def dismiss(office: Office, actor: User, target: Target, reason: str) -> Comment:
    """误报: the machine was wrong, and why."""
    why = needed(reason, REASON_LENGTH, "误报的理由")

    def work(db: Writing, found: Comment) -> Row:
        if found.origin == PERSON:
            raise UsageError("人工意见不能标为误报，可以撤回")
        return _status(db, actor, found, Status.DISMISSED, "dismiss", why)

    return change(office, actor, target, "dispose", "标为误报", work)


def restore(office: Office, actor: User, target: Target) -> Comment:
    """Take a decision back: the finding waits again."""

    def work(db: Writing, found: Comment) -> Row:
        back = Status.ACCEPTED if found.origin == PERSON else Status.PENDING
        return {**_status(db, actor, found, back, "restore", ""), "merged_into": None}

    return change(office, actor, target, "dispose", "恢复意见", work)


def withdraw(office: Office, actor: User, target: Target) -> Comment:
    """Take one's own comment back."""

    def work(db: Writing, found: Comment) -> Row:
        if found.origin != PERSON:
            raise UsageError("机审意见不能撤回，可以标为误报")
        return _status(db, actor, found, Status.WITHDRAWN, "withdraw", "")

    return change(office, actor, target, "dispose", "撤回意见", work, own=True)


def merge(office: Office, actor: User, target: Target, into: int) -> Comment:
    """Let another comment of the same matter speak for this one."""

    def work(db: Writing, found: Comment) -> Row:
        other = comment_rows.get(db, into)
        if other.matter_id != found.matter_id or other.id == found.id or other.status is not Status.ACCEPTED:
            raise UsageError("只能并入同一事项中已采用的另一条意见")
        changes = _status(db, actor, found, Status.MERGED, "merge", f"并入“{other.wording.title}”")
        return {**changes, "merged_into": into}

    return change(office, actor, target, "dispose", "合并意见", work)


def add(office: Office, actor: User, file_id: int, span: Span, wording: Wording) -> Comment:
    """One's own comment on a passage of a version."""
    cleaned = _wording(wording)
    with office.store.reading() as reading:
        stored = _file(reading, file_id)
        matter = rows.get_matter(reading, stored.matter_id)
        require(actor, "comment", matter)
    text = text_of(office, stored, matter.line)
    if not 0 <= span.start < span.end <= len(text.draft.text):
        raise UsageError("选中的文字不在这份文件里，请重新选择")
    where = Place(file_id, span, text.draft.where(span.start), span.of(text.draft.text))
    with office.store.writing() as db:
        matter = rows.get_matter(db, stored.matter_id)
        require(actor, "comment", matter)
        made = Comment(0, 0, 1, matter.id, file_id, PERSON, "", "", "", "", cleaned, "", Status.ACCEPTED, where)
        comment_id = comment_rows.write(db, actor, made)
        similar.index(db, comment_id, where.excerpt, cleaned.title, cleaned.text, cleaned.suggestion)
        audit.record(db, actor.account, "提出意见", matter.display_number, comment=comment_id)
        done = comment_rows.get(db, comment_id)
        _mention(office, db, actor, done, cleaned.text)
        return done


def reply(office: Office, actor: User, target: Target, text: str) -> Comment:
    """Say something below a comment; changes nothing of it, so no version is asked for."""
    said = needed(text, TEXT_LENGTH, "回复内容")
    with office.store.writing() as db:
        found, matter = comment_of(db, actor, target)
        require(actor, "reply", matter)
        shown_to(db, actor, found, matter)
        comment_rows.remark(db, found.id, actor, "reply", said)
        _mention(office, db, actor, found, said)
        audit.record(db, actor.account, "回复意见", matter.display_number, comment=found.id)
        return comment_rows.get(db, found.id)


def assign(office: Office, actor: User, target: Target, user_id: int | None) -> Comment:
    """Ask a colleague to look after a comment; None takes it back."""

    def work(db: Writing, found: Comment) -> Row:
        name = "（取消）"
        if user_id is not None:
            row = db.one("SELECT name, roles, active FROM users WHERE id = ?", [user_id])
            if row is None or not row["active"] or not ({Role.HANDLER, Role.APPROVER} & set(json.loads(row["roles"]))):
                raise UsageError("只能交给在岗的承办人或签发人")
            name = row["name"]
        comment_rows.remark(db, found.id, actor, "assign", name)
        if user_id not in (None, actor.id, found.assigned_to):
            to, matter = accounts.get_user(db, int(user_id or 0)), rows.get_matter(db, found.matter_id)
            telling.message(office, db, [to], f"assign/{found.id}/{found.version + 1}", matter,
                            f"{actor.name}交办一条意见", found.wording.title)  # fmt: skip
        return {"assigned_to": user_id}

    return change(office, actor, target, "comment", "交办意见", work)


def answer(office: Office, actor: User, target: Target, said: Answer, reason: str = "") -> Comment:
    """The submitting unit: 采纳, 部分采纳 or 不采纳; the last two with a reason."""
    if said is Answer.NONE:
        raise UsageError("请选择采纳、部分采纳或不采纳")
    why = clean(reason, TEXT_LENGTH, "理由")
    if said is not Answer.ACCEPTED and not why:
        raise UsageError(f"选择“{ANSWER_NAMES[said]}”要写明理由")

    def work(db: Writing, found: Comment) -> Row:
        if found.status is not Status.ACCEPTED:
            raise UsageError("这条意见已经不再需要答复，请刷新页面")
        shown_to(db, actor, found, rows.get_matter(db, found.matter_id))
        comment_rows.remark(db, found.id, actor, "answer", ANSWER_NAMES[said] + (f"：{why}" if why else ""))
        _mention(office, db, actor, found, why, before=found.answer_reason)
        return {"answer": said.value, "answer_reason": why, "answered_by": actor.name, "answered_at": now()}

    return change(office, actor, target, "answer", "答复意见", work)


def confirm(office: Office, actor: User, target: Target, verdict: Verdict) -> Comment:
    """How the passage came back in the newest version, as the officer sees it."""
    if verdict is Verdict.NONE:
        raise UsageError("请选择已按意见修改、未修改或另行修改")

    def work(db: Writing, found: Comment) -> Row:
        if not found.place.standing:
            raise UsageError("还没有修改稿，不需要核对")
        db.run("UPDATE places SET verdict = ?, verdict_by = ?, verdict_at = ? WHERE comment_id = ? AND file_id = ?",
               [verdict.value, actor.name, now(), found.id, found.place.file_id])  # fmt: skip
        comment_rows.remark(db, found.id, actor, "verdict", VERDICT_NAMES[verdict])
        return {}

    return change(office, actor, target, "dispose", "核对修改", work)


def relocate(office: Office, actor: User, target: Target, span: Span) -> Comment:
    """Put a comment whose passage was not found for certain where it belongs in the newest version."""
    with office.store.reading() as reading:
        found = comment_rows.get(reading, target.comment_id)
        stored, matter = _file(reading, found.place.file_id), rows.get_matter(reading, found.matter_id)
        require(actor, "dispose", matter)
    text = text_of(office, stored, matter.line)
    if not 0 <= span.start < span.end <= len(text.draft.text):
        raise UsageError("选中的文字不在这份文件里，请重新选择")

    def work(db: Writing, found: Comment) -> Row:
        db.run('UPDATE places SET start = ?, "end" = ?, place = ?, excerpt = ?, standing = ? WHERE comment_id = ?'
               " AND file_id = ? AND standing <> ''",
               [span.start, span.end, text.draft.where(span.start), span.of(text.draft.text), "changed", found.id,
                stored.id])  # fmt: skip
        comment_rows.remark(db, found.id, actor, "carried", "人工定位")
        return {}

    return change(office, actor, target, "dispose", "定位意见", work)


def _mention(office: Office, db: Writing, actor: User, found: Comment, text: str, *, before: str = "") -> None:
    """Tell those who are mentioned and may see the comment."""
    if not mentions.any_sign(text):
        return
    matter, everybody = rows.get_matter(db, found.matter_id), accounts.users(db)
    given = is_given(db, found, matter)
    shown = frozenset(u.id for u in everybody if roles.may_see(u, matter) and (given or roles.is_staff(u)))
    mentions.note(office, db, actor, found.id, matter, text, everybody, shown, before)


def _status(db: Writing, actor: User, found: Comment, status: Status, kind: str, reason: str) -> Row:
    if found.status is status:
        raise UsageError(f"这条意见已经是“{STATUS_NAMES[status]}”")
    comment_rows.remark(db, found.id, actor, kind, reason)
    return {"status": status.value, "reason": reason}


def _wording(wording: Wording) -> Wording:
    text = needed(wording.text, TEXT_LENGTH, "意见内容")
    title = clean(wording.title, TITLE_LENGTH, "标题").replace("\n", " ") or text.split("\n")[0][:30]
    basis = tuple(b for b in (clean(b, 200, "依据") for b in wording.basis) if b)
    return Wording(wording.severity, title, text, clean(wording.suggestion, TEXT_LENGTH, "修改建议"), basis)


def _difference(before: Wording, after: Wording) -> str:
    """What was edited, for the thread."""
    said = []
    if before.severity != after.severity:
        said.append(f"程度由{SEVERITY_NAMES[before.severity]}改为{SEVERITY_NAMES[after.severity]}")
    for name, old, new in (("标题", before.title, after.title), ("意见", before.text, after.text),
                           ("修改建议", before.suggestion, after.suggestion)):  # fmt: skip
        if old != new:
            said.append(f"{name}原为“{old}”" if old else f"补充{name}")
    if before.basis != after.basis:
        said.append("修改了依据")
    return "；".join(said) or "没有改动"


def _file(db: Reading, file_id: int) -> StoredFile:
    row = db.one("SELECT * FROM files WHERE id = ?", [file_id])
    if row is None:
        raise UsageError("没有这个文件，或者它不属于您的单位")
    return rows.stored_file(row)
