"""State changes → events for the receivers: queued with the change itself, delivered signed, tried again, given up.

An event says what happened to which matter, never a title, an opinion or words of a document: who needs more asks the
HTTP interface with a token of its own. It is delivered at least once; `id` tells a repetition, `version` the order.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass

from reviewer import __version__
from reviewer.errors import UsageError
from reviewer.office import audit, roles
from reviewer.office.desk import Office
from reviewer.office.posting import post, signature
from reviewer.office.records import Matter, User
from reviewer.office.store import Row, Writing, now
from reviewer.office.workflow import MOVES, STATES

MOVED, TRIED = "matter.moved", "ping"
PAUSES = (30.0, 120.0, 600.0, 1800.0, 7200.0, 21600.0, 43200.0)  # seconds before the next try
ATTEMPTS = len(PAUSES) + 1
LEASE = 120.0  # seconds after which what a killed process had in hand is tried again
KEPT = 90 * 86400.0  # seconds that delivered events stay in the list
ROUND = 50  # of each receiver, so that one with a long queue does not hold up the others


@dataclass(frozen=True, slots=True)
class Delivery:
    """`status`: waiting, sent or dead."""

    id: int
    receiver_id: int
    receiver: str
    event_id: str
    event: str
    matter_id: int | None
    body: str
    status: str
    attempts: int
    due_at: float
    error: str
    created_at: str
    done_at: str


@dataclass(frozen=True, slots=True)
class Round:
    sent: int = 0
    failed: int = 0
    dead: int = 0


def queue(db: Writing, before: Matter, after: Matter, move: str) -> None:
    """Enter a move for every receiver that hears of it, inside the transaction of the move."""
    found = db.rows("SELECT id FROM receivers WHERE active = 1 AND (unit_id IS NULL OR unit_id = ?)", [after.unit_id])
    if not found:
        return
    due = after.due
    matter = {
        "id": after.id, "number": after.number, "line": after.line.value, "state": after.state.value,
        "state_name": STATES[after.state].name, "previous": before.state.value, "version": after.version,
        "due_on": due.on.isoformat() if due.on else None, "due_what": due.what,
    }  # fmt: skip
    for row in found:
        _enter(db, row["id"], MOVED, {"move": move, "move_name": MOVES[move].name, "matter": matter}, after.id)


def try_out(office: Office, actor: User, receiver_id: int) -> None:
    """Queue an event that says nothing, to see whether it arrives."""
    roles.require(actor, "manage:interface")
    with office.store.writing() as db:
        if not db.value("SELECT 1 FROM receivers WHERE id = ? AND active = 1", [receiver_id]):
            raise UsageError("没有这个接收方，或者它已经停用")
        _enter(db, receiver_id, TRIED, {}, None)
        audit.record(db, actor.account, "试推送", str(receiver_id))


def _enter(db: Writing, receiver_id: int, event: str, more: Row, matter_id: int | None) -> None:
    event_id, moment = str(uuid.uuid4()), now()
    body = json.dumps({"id": event_id, "event": event, "at": moment, **more}, ensure_ascii=False)
    db.insert("deliveries", {
        "receiver_id": receiver_id, "event_id": event_id, "event": event, "matter_id": matter_id, "body": body,
        "status": "waiting", "due_at": time.time(), "created_at": moment,
    })  # fmt: skip


def again(office: Office, actor: User, delivery_id: int) -> None:
    """Try an event that was given up once more from the start."""
    roles.require(actor, "manage:interface")
    with office.store.writing() as db:
        done = db.run(
            "UPDATE deliveries SET status = 'waiting', attempts = 0, due_at = ?, done_at = '' WHERE id = ? AND"
            " status = 'dead' AND receiver_id IN (SELECT id FROM receivers WHERE active = 1)",
            [time.time(), delivery_id],
        )
        if not done:
            raise UsageError("这条推送不在“已放弃”之中，或者接收方已经停用")
        audit.record(db, actor.account, "重新推送", str(delivery_id))


def deliver_due(office: Office, moment: float | None = None) -> Round:
    """Deliver what is due at `moment` (now), in order. A receiver that fails is left alone until the next round."""
    at = time.time() if moment is None else moment
    with office.store.reading() as reading:  # most of the time there is nothing: do not lock for that
        due = reading.rows(_DUE, [at, ROUND])
    sent = failed = dead = 0
    troubled: set[int] = set()
    for row in due:
        if row["receiver_id"] in troubled or not _taken(office, row, at):
            continue
        problem = _send(row)
        over = bool(problem) and row["attempts"] + 1 >= ATTEMPTS
        _note(office, row, problem, at, over=over)
        sent, failed, dead = sent + (not problem), failed + bool(problem), dead + over
        if problem:
            troubled.add(row["receiver_id"])
    return Round(sent, failed, dead)


_DUE = """SELECT d.*, r.url, r.secret, r.inside FROM receivers r JOIN (
    SELECT *, row_number() OVER (PARTITION BY receiver_id ORDER BY id) AS place FROM deliveries
    WHERE status = 'waiting' AND due_at <= ?) d ON d.receiver_id = r.id WHERE d.place <= ? ORDER BY d.id"""


def _taken(office: Office, row: Row, at: float) -> bool:
    """Is it ours? Two processes over one data folder do not send the same thing twice."""
    with office.store.writing() as db:
        return bool(db.run(
            "UPDATE deliveries SET attempts = attempts + 1, due_at = ? WHERE id = ? AND status = 'waiting' AND"
            " attempts = ? AND due_at <= ?", [at + LEASE, row["id"], row["attempts"], at]))  # fmt: skip


def _send(row: Row) -> str:
    timestamp, body = str(int(time.time())), row["body"].encode()
    return post(row["url"], body, {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": f"reviewer/{__version__}",
        "Reviewer-Event": row["event"], "Reviewer-Delivery": row["event_id"], "Reviewer-Timestamp": timestamp,
        "Reviewer-Signature": f"sha256={signature(row['secret'], timestamp, body)}",
    }, inside=bool(row["inside"]))  # fmt: skip


def _note(office: Office, row: Row, problem: str, at: float, *, over: bool) -> None:
    status = "sent" if not problem else ("dead" if over else "waiting")
    pause = PAUSES[min(row["attempts"], len(PAUSES) - 1)]
    done = "" if status == "waiting" else now()
    with office.store.writing() as db:
        db.run("UPDATE deliveries SET status = ?, error = ?, due_at = ?, done_at = ? WHERE id = ? AND status ="
               " 'waiting'", [status, problem, at + pause, done, row["id"]])  # fmt: skip
        if problem:  # what waits behind it is spared a useless try
            db.run("UPDATE deliveries SET due_at = max(due_at, ?) WHERE receiver_id = ? AND status = 'waiting'",
                   [at + PAUSES[0], row["receiver_id"]])  # fmt: skip
        else:
            db.run("DELETE FROM deliveries WHERE status = 'sent' AND due_at < ?", [at - KEPT])


def list_deliveries(office: Office, actor: User, *, status: str = "", limit: int = 50) -> tuple[Delivery, ...]:
    """The newest first; of one status where one is named."""
    roles.require(actor, "manage:interface")
    with office.store.reading() as db:
        found = db.rows(
            "SELECT d.*, r.name AS receiver FROM deliveries d JOIN receivers r ON r.id = d.receiver_id"
            " WHERE :status = '' OR d.status = :status ORDER BY d.id DESC LIMIT :limit",
            {"status": status, "limit": limit},
        )
    return tuple(Delivery(**{name: r[name] for name in Delivery.__dataclass_fields__}) for r in found)
