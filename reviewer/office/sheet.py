"""审阅稿: a version of a matter's text with every finding and comment where it stands in it, for one viewer.

Comments of earlier versions are carried to the newest one when somebody first opens it: the places, how the passages
stand, and a proposed verdict that an officer confirms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reviewer.domain import Span
from reviewer.errors import ReviewerError, UsageError
from reviewer.office import audit, comment_change, comment_rows, roles, rows
from reviewer.office.alignment import key
from reviewer.office.carrying import Carried, Standing, carry
from reviewer.office.comment_records import MACHINE, Comment, Place, Status, Verdict
from reviewer.office.desk import Office
from reviewer.office.records import Matter, StoredFile, StoredFinding, User
from reviewer.office.store import Reading
from reviewer.office.texts import FileText, text_of

_UNPLACED = """SELECT count(*) FROM comments c WHERE c.matter_id = ? AND c.status <> 'withdrawn'
    AND NOT EXISTS (SELECT 1 FROM places p WHERE p.comment_id = c.id AND p.file_id = ?)"""


@dataclass(frozen=True)
class Sheet:
    matter: Matter
    file: StoredFile
    versions: tuple[StoredFile, ...]  # of the reviewed text, newest first
    text: FileText
    comments: tuple[Comment, ...]
    reviewed: bool  # the machine review of this version is done
    can: frozenset[str]  # of comment, dispose, reply, answer

    @property
    def newest(self) -> bool:
        return self.file.id == self.versions[0].id


def open_sheet(office: Office, actor: User, matter_id: int, file_id: int | None = None) -> Sheet:
    """Raises UsageError where there is no text, UnreadableFileError where it cannot be read."""
    with office.store.reading() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "view", matter)
        versions = text_versions(office, db, matter)
    if not versions:
        raise UsageError("还没有上传送审的正文")
    file = next((v for v in versions if v.id == file_id), versions[0])
    text = text_of(office, file, matter.line)
    if file.id == versions[0].id:
        bring_forward(office, actor, matter, versions)
    with office.store.reading() as db:
        found, reviewed = _findings(db, file.id)
        known = comment_rows.of_matter(db, matter_id, file.id)
        until = comment_change.shared_until(db, matter_id)
    shown = (*known, *(comment_rows.pending(f, matter_id, file.id) for f in found if not _spoken_for(f, known)))
    visible = tuple(c for c in shown if _visible(actor, c, until))
    return Sheet(matter, file, versions, text, tuple(sorted(visible, key=_order)), reviewed, _can(actor, matter))


def text_versions(office: Office, db: Reading, matter: Matter) -> tuple[StoredFile, ...]:
    """The versions of the reviewed text, newest first."""
    material = next(m.key for m in office.lines[matter.line].materials if m.reviewed)
    return tuple(f for f in rows.files(db, matter.id) if f.material == material)


def _findings(db: Reading, file_id: int) -> tuple[tuple[StoredFinding, ...], bool]:
    last = db.value("SELECT max(id) FROM reviews WHERE file_id = ? AND status = 'done'", [file_id])
    return (rows.findings(db, last), True) if last is not None else ((), False)


def _spoken_for(finding: StoredFinding, known: tuple[Comment, ...]) -> bool:
    """Does a comment already stand for the finding: the same one, or the same rule on the same words?"""
    return any(_is_of(finding, c) for c in known)


def _is_of(finding: StoredFinding, comment: Comment) -> bool:
    if comment.file_id == comment.place.file_id and comment.fingerprint:
        return comment.fingerprint == finding.fingerprint
    if not comment.rule or comment.rule != finding.rule:
        return False
    if comment.fingerprint == finding.fingerprint:
        return True
    own = comment.place.span
    return own is not None and own.overlaps(Span(finding.start, max(finding.end, finding.start + 1)))


def _visible(actor: User, comment: Comment, until: str) -> bool:
    """Officers see everything; the unit sees the machine's findings and the opinions that were given to it."""
    if roles.is_staff(actor):
        return True
    if comment.id == 0:
        return True
    return comment.status is Status.ACCEPTED and comment.created_at <= until


def _order(comment: Comment) -> tuple[int, int, int]:
    span = comment.place.span
    return (span.start if span else 1 << 60, span.end if span else 0, comment.id)


def _can(actor: User, matter: Matter) -> frozenset[str]:
    found = set()
    for action in ("comment", "dispose", "reply", "answer"):
        try:
            comment_change.require(actor, action, matter)
        except ReviewerError:
            continue
        found.add(action)
    return frozenset(found)


def bring_forward(office: Office, actor: User, matter: Matter, versions: tuple[StoredFile, ...]) -> int:
    """Carry to the newest version what was last placed on an earlier one; how many comments."""
    newest = versions[0]
    with office.store.reading() as db:
        if not db.value(_UNPLACED, [matter.id, newest.id]):
            return 0
        left = [c for c in last_places(db, matter.id, versions) if c.place.file_id != newest.id]
        found, reviewed = _findings(db, newest.id)
    target = text_of(office, newest, matter.line)
    placed: list[tuple[Comment, Place]] = []
    for file in versions[1:]:
        own = [c for c in left if c.place.file_id == file.id]
        if own:
            source = text_of(office, file, matter.line)
            spans = [_span_to_carry(c, source) for c in own]
            for comment, carried in zip(own, carry(source.version, target.version, spans), strict=True):
                placed.append((comment, _place(newest, target, comment, carried, found if reviewed else None)))
    with office.store.writing() as db:
        for comment, place in placed:
            comment_rows.write_place(db, comment.id, place)
        audit.record(db, actor.account, "意见转到新版本", matter.display_number, file=newest.id, comments=len(placed))
    return len(placed)


def last_places(db: Reading, matter_id: int, versions: tuple[StoredFile, ...]) -> tuple[Comment, ...]:
    """Every comment in the newest version that it was placed in."""
    found: dict[int, Comment] = {}
    for file in sorted(versions, key=lambda v: v.version):
        found |= {c.id: c for c in comment_rows.of_matter(db, matter_id, file.id)}
    return tuple(c for c in found.values() if c.status is not Status.WITHDRAWN)


def _span_to_carry(comment: Comment, source: FileText) -> Span:
    """The passage; where it was lost before, nothing that could be found by accident."""
    return comment.place.span or Span(0, 0)


def _place(
    file: StoredFile, text: FileText, comment: Comment, carried: Carried, found: tuple[StoredFinding, ...] | None
) -> Place:
    lost = comment.place.span is None  # gone or in doubt already: still so
    standing = Standing(comment.place.standing) if lost and comment.place.standing else carried.standing
    span = None if lost else carried.span
    where = text.draft.where(span.start) if span else comment.place.where
    excerpt = span.of(text.draft.text) if span else comment.place.excerpt
    place = Place(file.id, span, where, excerpt, standing.value, carried.before or comment.place.before, carried.after)
    again = None if found is None else any(_is_of(f, replace(comment, place=place)) for f in found)
    return replace(place, proposed=propose(comment, place, again))


def propose(comment: Comment, place: Place, found_again: bool | None) -> Verdict:
    """已按意见修改, 未修改 or 另行修改, as the new text and the new machine review suggest; NONE in doubt."""
    standing = Standing(place.standing)
    if standing is Standing.UNSURE:
        return Verdict.NONE
    untouched = standing is Standing.KEPT and key(place.before) == key(place.after)
    if comment.origin == MACHINE and found_again is not None:
        if not found_again:
            return Verdict.REVISED
        return Verdict.UNCHANGED if standing is Standing.KEPT else Verdict.OTHERWISE
    if untouched:
        return Verdict.UNCHANGED
    return Verdict.REVISED if _as_suggested(comment.wording.suggestion, standing, place.after) else Verdict.OTHERWISE


def _as_suggested(suggestion: str, standing: Standing, after: str) -> bool:
    """Are the words that the suggestion quotes there now (or the passage gone, where it said so)?"""
    if standing is Standing.GONE:
        return "删" in suggestion
    quoted = [part.partition("”")[0] for part in suggestion.split("“")[1:]]
    wanted = [q for q in quoted if q] or ([suggestion.strip("。")] if suggestion else [])
    return bool(wanted) and wanted[-1] in after
