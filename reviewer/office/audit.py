"""The log that cannot be changed unnoticed: each entry's hash covers its content and the hash before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from reviewer.office.records import AuditEntry
from reviewer.office.store import Reading, Row, Writing, now

ORIGIN = "0" * 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken` is the first entry that does not fit, None when the chain is whole."""

    entries: int
    head: str
    broken: int | None = None
    reason: str = ""


def record(db: Writing, actor: str, action: str, target: str = "", **detail: object) -> None:
    """Append an entry inside the caller's transaction: no act without its entry, no entry without its act."""
    last = db.one("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    seq, previous = (last["seq"] + 1, last["hash"]) if last else (1, ORIGIN)
    entry: Row = {
        "seq": seq, "at": now(), "actor": actor, "action": action, "target": target,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str) if detail else "",
        "previous": previous,
    }  # fmt: skip
    db.insert("audit", {**entry, "hash": digest(entry)})


def digest(entry: Row) -> str:
    fields = [entry[k] for k in ("seq", "at", "actor", "action", "target", "detail", "previous")]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def verify(db: Reading, expected: str = "") -> Verdict:
    """Walk the chain. `expected` is a head printed earlier: it must still occur, else the end was cut off."""
    previous, count, seen = ORIGIN, 0, not expected
    for row in db.connection.execute("SELECT * FROM audit ORDER BY seq"):
        entry = dict(row)
        count += 1
        if entry["seq"] != count:
            return Verdict(count - 1, previous, count, f"缺少第{count}条记录")
        if entry["previous"] != previous:
            return Verdict(count - 1, previous, count, f"第{count}条记录与前一条不衔接")
        if entry["hash"] != digest(entry):
            return Verdict(count - 1, previous, count, f"第{count}条记录的内容被改动过")
        previous = entry["hash"]
        seen = seen or previous == expected
    if not seen:
        return Verdict(count, previous, count + 1, "以前记下的链尾已不在日志中，末尾的记录可能被删除")
    return Verdict(count, previous)


def entries(db: Reading, *, words: str = "", before: int | None = None, limit: int = 50) -> tuple[AuditEntry, ...]:
    """The newest entries first; `before` pages on."""
    rows = db.rows(
        "SELECT * FROM audit WHERE"
        " (:words = '' OR instr(actor || ' ' || action || ' ' || target || ' ' || detail, :words))"
        " AND (:before IS NULL OR seq < :before) ORDER BY seq DESC LIMIT :limit",
        {"words": words, "before": before, "limit": limit},
    )
    return tuple(
        AuditEntry(r["seq"], r["at"], r["actor"], r["action"], r["target"], r["detail"], r["hash"]) for r in rows
    )
