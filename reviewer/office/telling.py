"""People are told: a move by e-mail, a mention or an assignment by a message on their desk and by e-mail.

Everything is entered inside the transaction of the act itself and sent by `notices`; its outbox tries again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviewer.office import accounts, notices
from reviewer.office.desk import Office
from reviewer.office.records import Matter, Role, State, User
from reviewer.office.store import Writing, now
from reviewer.office.workflow import MOVES, STATES

HANDLER, HANDLERS, APPROVERS, UNIT = "handler", "handlers", "approvers", "unit"
# Who has something to do, or has to know, once a matter is in a state; nobody else is written to.
CONCERNED: Mapping[State, tuple[str, ...]] = {
    State.SUBMITTED: (HANDLERS,), State.ACCEPTED: (APPROVERS, UNIT), State.ASSIGNED: (HANDLER,),
    State.REVIEWING: (HANDLER,), State.RECHECKING: (HANDLER,), State.AWAITING: (APPROVERS,),
    State.SUPPLEMENTING: (UNIT,), State.REVISING: (UNIT,), State.RETURNED: (UNIT,), State.REFUSED: (UNIT,),
    State.EXPERT: (UNIT,), State.PAUSED: (UNIT,), State.ISSUED: (UNIT, HANDLER), State.TERMINATED: (UNIT, HANDLER),
    State.WITHDRAWN: (HANDLER,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """Something to read on one's desk; `page` is where it leads."""

    id: int
    subject: str
    body: str
    matter_id: int
    title: str  # of the matter
    page: str
    at: str


def moved(office: Office, db: Writing, actor: User, matter: Matter, move: str) -> None:
    """Write to those whom a move concerns, besides who made it."""
    if not office.settings.mail.host or not office.settings.mail.moves:
        return
    people = [u for u in accounts.users(db) if u.id != actor.id and concerns(u, matter)]
    state = STATES[matter.state].name
    subject = f"【{state}】{matter.title}"
    body = (f"{matter.unit}送审的“{matter.title}”（{matter.display_number}）已办理：{MOVES[move].name}，"
            f"现在是“{state}”。")  # fmt: skip
    for person in people:
        _mail(office, db, person, f"move/{matter.id}/{matter.version}", subject, body, matter.id, "matter")


def concerns(user: User, matter: Matter) -> bool:
    """Is the person to hear that the matter has come into its state?"""
    asked = CONCERNED.get(matter.state, ())
    own = user.has(Role.APPLICANT) and user.unit_id == matter.unit_id
    officer = user.id == matter.handler_id or (
        HANDLERS in asked and matter.handler_id is None and user.has(Role.HANDLER)
    )
    return user.active and (
        (officer and bool({HANDLER, HANDLERS} & set(asked)))
        or (APPROVERS in asked and user.has(Role.APPROVER))
        or (UNIT in asked and own)
    )


def message(
    office: Office, db: Writing, people: Iterable[User], key: str, matter: Matter, subject: str, body: str
) -> None:
    """A message to each on the desk, leading to the reviewing screen; an e-mail says only that it is there."""
    for person in people:
        notices.enter(db, f"{key}/page/{person.id}", "page", str(person.id), subject, body, matter.id, "review")
        told = f"{subject}，请到审阅页查看。"
        _mail(office, db, person, key, f"{subject}：{matter.title}", told, matter.id, "review")


def _mail(
    office: Office, db: Writing, person: User, key: str, subject: str, body: str, matter_id: int, page: str
) -> None:
    if not office.settings.mail.host or not person.email:
        return
    base = office.settings.address.rstrip("/")
    link = f"\n{base}/{page}?id={matter_id}" if base else ""
    notices.enter(db, f"{key}/mail/{person.email}", "mail", person.email, subject, body + link, matter_id, page)


def unread(office: Office, user: User, limit: int = 20) -> tuple[Message, ...]:
    """The newest first."""
    with office.store.reading() as db:
        found = db.rows(
            "SELECT n.*, m.title FROM notices n JOIN matters m ON m.id = n.matter_id WHERE n.channel = 'page'"
            " AND n.recipient = ? AND n.status = 'unread' ORDER BY n.id DESC LIMIT ?", [str(user.id), limit]
        )
    return tuple(Message(**{name: r["created_at" if name == "at" else name] for name in Message.__dataclass_fields__})
                 for r in found)  # fmt: skip


def mark_read(office: Office, user: User, matter_id: int | None = None) -> int:
    """The messages about a matter, or all; how many."""
    if not any(matter_id in (None, m.matter_id) for m in unread(office, user)):
        return 0  # most of the time: do not lock for that
    with office.store.writing() as db:
        return db.run(
            "UPDATE notices SET status = 'read', sent_at = :at WHERE channel = 'page' AND recipient = :me AND"
            " status = 'unread' AND (:matter IS NULL OR matter_id = :matter)",
            {"at": now(), "me": str(user.id), "matter": matter_id},
        )
