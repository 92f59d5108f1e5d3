"""The schema of the office's database, as migrations that are applied once each, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from reviewer.office import batch_schema, exchange_schema, review_schema


class Statements(Protocol):
    """What a migration is given: sqlite-utils' Database, of which it needs one method."""

    @property
    def execute(self) -> Callable[..., object]: ...


_FIRST = (
    """CREATE TABLE units (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, active INTEGER NOT NULL DEFAULT 1)""",
    """CREATE TABLE users (
        id INTEGER PRIMARY KEY, account TEXT NOT NULL UNIQUE, name TEXT NOT NULL, unit_id INTEGER REFERENCES units(id),
        roles TEXT NOT NULL, email TEXT NOT NULL DEFAULT '', password TEXT NOT NULL, must_change INTEGER NOT NULL,
        active INTEGER NOT NULL DEFAULT 1, feed_token TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL)""",
    """CREATE TABLE sessions (
        token_hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), created_at REAL NOT NULL,
        seen_at REAL NOT NULL, expires_at REAL NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE failures (
        id INTEGER PRIMARY KEY, account TEXT NOT NULL, address TEXT NOT NULL, at REAL NOT NULL)""",
    "CREATE INDEX failures_by_account ON failures (account, at)",
    "CREATE INDEX failures_by_address ON failures (address, at)",
    """CREATE TABLE matters (
        id INTEGER PRIMARY KEY, number TEXT NOT NULL DEFAULT '', title TEXT NOT NULL, line TEXT NOT NULL,
        unit_id INTEGER NOT NULL REFERENCES units(id), applicant_id INTEGER NOT NULL REFERENCES users(id),
        handler_id INTEGER REFERENCES users(id), approver_id INTEGER REFERENCES users(id), state TEXT NOT NULL,
        back_to TEXT, procedure TEXT NOT NULL, hard INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1,
        entered_on TEXT, submitted_on TEXT, accepted_on TEXT, issued_on TEXT, closed_on TEXT,
        due_on TEXT, due_what TEXT NOT NULL DEFAULT '', due_party TEXT NOT NULL DEFAULT '',
        due_stopped INTEGER NOT NULL DEFAULT 0, due_provisional INTEGER NOT NULL DEFAULT 0,
        conclusion TEXT NOT NULL DEFAULT '', stage TEXT NOT NULL DEFAULT '', type TEXT NOT NULL DEFAULT '',
        amount INTEGER, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, updated_by TEXT NOT NULL)""",
    "CREATE UNIQUE INDEX matters_by_number ON matters (number) WHERE number <> ''",
    "CREATE INDEX matters_by_due ON matters (due_on) WHERE due_on IS NOT NULL",
    "CREATE INDEX matters_by_unit ON matters (unit_id, updated_at)",
    "CREATE INDEX matters_by_handler ON matters (handler_id, state)",
    "CREATE INDEX matters_by_state ON matters (state, updated_at)",
    "CREATE INDEX matters_by_update ON matters (updated_at)",
    """CREATE TABLE files (
        id INTEGER PRIMARY KEY, matter_id INTEGER NOT NULL REFERENCES matters(id), material TEXT NOT NULL,
        name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, version INTEGER NOT NULL,
        uploaded_by TEXT NOT NULL, uploaded_at TEXT NOT NULL)""",
    "CREATE INDEX files_by_matter ON files (matter_id, material, version)",
    """CREATE TABLE declared_missing (
        matter_id INTEGER NOT NULL REFERENCES matters(id), material TEXT NOT NULL, reason TEXT NOT NULL,
        PRIMARY KEY (matter_id, material)) WITHOUT ROWID""",
    """CREATE TABLE history (
        id INTEGER PRIMARY KEY, matter_id INTEGER NOT NULL REFERENCES matters(id), at TEXT NOT NULL,
        on_day TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES users(id), user TEXT NOT NULL, move TEXT NOT NULL,
        name TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
        details TEXT NOT NULL DEFAULT '')""",
    "CREATE INDEX history_by_matter ON history (matter_id, id)",
    """CREATE TABLE stops (
        id INTEGER PRIMARY KEY, matter_id INTEGER NOT NULL REFERENCES matters(id), stopped TEXT NOT NULL, resumed TEXT,
        reason TEXT NOT NULL)""",
    "CREATE INDEX stops_by_matter ON stops (matter_id)",
    """CREATE TABLE reviews (
        id INTEGER PRIMARY KEY, matter_id INTEGER NOT NULL REFERENCES matters(id),
        file_id INTEGER NOT NULL REFERENCES files(id), status TEXT NOT NULL, reviewed_at TEXT NOT NULL DEFAULT '',
        report TEXT NOT NULL DEFAULT '', score INTEGER, grade TEXT NOT NULL DEFAULT '', type TEXT NOT NULL DEFAULT '',
        amount INTEGER, complete INTEGER NOT NULL DEFAULT 1, not_checked TEXT NOT NULL DEFAULT '[]',
        error TEXT NOT NULL DEFAULT '', seconds REAL NOT NULL DEFAULT 0)""",
    "CREATE INDEX reviews_by_matter ON reviews (matter_id, id)",
    "CREATE INDEX reviews_by_file ON reviews (file_id)",
    """CREATE TABLE findings (
        id INTEGER PRIMARY KEY, review_id INTEGER NOT NULL REFERENCES reviews(id), fingerprint TEXT NOT NULL,
        rule TEXT NOT NULL, category TEXT NOT NULL, category_name TEXT NOT NULL, severity TEXT NOT NULL,
        start INTEGER NOT NULL, "end" INTEGER NOT NULL, place TEXT NOT NULL, title TEXT NOT NULL, excerpt TEXT NOT NULL,
        message TEXT NOT NULL, suggestion TEXT NOT NULL, basis TEXT NOT NULL, because TEXT NOT NULL,
        confidence REAL NOT NULL)""",
    "CREATE INDEX findings_by_review ON findings (review_id, id)",
    """CREATE TABLE stages (
        id INTEGER PRIMARY KEY, matter_id INTEGER NOT NULL REFERENCES matters(id), stage TEXT NOT NULL,
        on_day TEXT NOT NULL, user TEXT NOT NULL, note TEXT NOT NULL DEFAULT '')""",
    "CREATE INDEX stages_by_matter ON stages (matter_id, id)",
    """CREATE TABLE supervisions (
        id INTEGER PRIMARY KEY, matter_id INTEGER NOT NULL REFERENCES matters(id), level TEXT NOT NULL,
        number TEXT NOT NULL UNIQUE, on_day TEXT NOT NULL, due_on TEXT NOT NULL, days_over INTEGER NOT NULL,
        what TEXT NOT NULL, to_name TEXT NOT NULL, text TEXT NOT NULL, created_at TEXT NOT NULL,
        UNIQUE (matter_id, level, due_on))""",
    """CREATE TABLE notices (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, recipient TEXT NOT NULL,
        subject TEXT NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL, sent_at TEXT NOT NULL DEFAULT '')""",
    "CREATE INDEX notices_waiting ON notices (status)",
    """CREATE TABLE workdays (day TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE published_years (year INTEGER PRIMARY KEY)""",
    """CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE audit (
        seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL,
        detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)""",
    """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END""",
    """CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END""",
)


def first(db: Statements) -> None:
    """People, matters, files, history, deadlines, reviews, supervision, notices, calendar and the log."""
    for statement in _FIRST:
        db.execute(statement)


MIGRATIONS = (
    first, review_schema.comments, review_schema.papers, review_schema.tokens, exchange_schema.receivers,
    exchange_schema.mentions, exchange_schema.rule_decisions, exchange_schema.token_expiry,
    batch_schema.batch_jobs, exchange_schema.minor_findings,
)  # fmt: skip
