"""意见采纳情况表: every opinion given to the unit, its answer, and how the passage came back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from reviewer.office import comment_change, roles, rows
from reviewer.office.comment_records import (
    ANSWER_NAMES,
    SEVERITY_NAMES,
    VERDICT_NAMES,
    Answer,
    Comment,
    Status,
    Verdict,
)
from reviewer.office.desk import Office
from reviewer.office.records import Matter, User
from reviewer.office.sheet import last_places, text_versions
from reviewer.office.store import Reading


@dataclass(frozen=True, slots=True)
class AdoptionRow:
    serial: int
    where: str
    severity: str
    opinion: str
    suggestion: str
    basis: str
    answer: str
    reason: str
    before: str
    after: str
    verdict: str
    confirmed: bool


@dataclass(frozen=True)
class Adoption:
    """`counts` by the Chinese name of the answer, in the order of the names."""

    matter: Matter
    rows: tuple[AdoptionRow, ...]
    counts: tuple[tuple[str, int], ...]

    def in_words(self) -> str:
        """共3条：采纳2条，不采纳1条."""
        told = "，".join(f"{name}{n}条" for name, n in self.counts if n)
        return f"共{len(self.rows)}条审查意见" + (f"：{told}" if told else "")


def adoption(office: Office, actor: User, matter_id: int) -> Adoption:
    """The table as it stands now, within what the person may see."""
    with office.store.reading() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "view", matter)
        found = given(office, db, matter)
        if not roles.is_staff(actor):
            until = comment_change.shared_until(db, matter_id)
            found = tuple(c for c in found if c.created_at <= until)
    counted = Counter(c.answer for c in found)
    return Adoption(
        matter, tuple(_row(n, c) for n, c in enumerate(found, 1)),
        tuple((ANSWER_NAMES[a], counted[a]) for a in (Answer.ACCEPTED, Answer.PARTLY, Answer.REJECTED, Answer.NONE)),
    )  # fmt: skip


def given(office: Office, db: Reading, matter: Matter) -> tuple[Comment, ...]:
    """The opinions of the office on a matter, in the order of the text; the illegal first where one place has two."""
    found = last_places(db, matter.id, text_versions(office, db, matter))
    accepted = [c for c in found if c.status is Status.ACCEPTED]
    return tuple(sorted(accepted, key=lambda c: (c.place.span.start if c.place.span else 1 << 60, c.id)))


def _row(serial: int, comment: Comment) -> AdoptionRow:
    verdict = comment.place.verdict or comment.place.proposed
    shown = VERDICT_NAMES[verdict] if comment.place.standing and verdict is not Verdict.NONE else ""
    if shown and comment.place.verdict is Verdict.NONE:
        shown += "（待确认）"
    wording = comment.wording
    return AdoptionRow(
        serial, comment.place.where, SEVERITY_NAMES[wording.severity], wording.text, wording.suggestion,
        "；".join(wording.basis), ANSWER_NAMES[comment.answer], comment.answer_reason, comment.place.before,
        comment.place.after, shown, comment.place.verdict is not Verdict.NONE,
    )  # fmt: skip
