"""The tables of telling others: receivers and their deliveries, mentions and notices on the page, rule decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.office.migrations import Statements

_RECEIVERS = (
    """CREATE TABLE receivers (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, secret TEXT NOT NULL,
        inside INTEGER NOT NULL DEFAULT 0, unit_id INTEGER REFERENCES units(id), active INTEGER NOT NULL DEFAULT 1,
        created_by TEXT NOT NULL, created_at TEXT NOT NULL)""",
    """CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY, receiver_id INTEGER NOT NULL REFERENCES receivers(id), event_id TEXT NOT NULL,
        event TEXT NOT NULL, matter_id INTEGER REFERENCES matters(id), body TEXT NOT NULL, status TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, due_at REAL NOT NULL, error TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL, done_at TEXT NOT NULL DEFAULT '')""",
    "CREATE INDEX deliveries_due ON deliveries (due_at) WHERE status = 'waiting'",
    "CREATE INDEX deliveries_by_receiver ON deliveries (receiver_id, id)",
)

_MENTIONS = (
    """CREATE TABLE mentions (
        comment_id INTEGER NOT NULL REFERENCES comments(id), user_id INTEGER NOT NULL REFERENCES users(id),
        written TEXT NOT NULL, PRIMARY KEY (comment_id, user_id, written)) WITHOUT ROWID""",
    "ALTER TABLE notices ADD COLUMN matter_id INTEGER REFERENCES matters(id)",
    "ALTER TABLE notices ADD COLUMN page TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX notices_of_person ON notices (recipient, status) WHERE channel = 'page'",
)


def receivers(db: Statements) -> None:
    """Who is told of state changes, and what waits for them."""
    for statement in _RECEIVERS:
        db.execute(statement)


def mentions(db: Statements) -> None:
    """Who was mentioned in a comment, and notices that are read on a page."""
    for statement in _MENTIONS:
        db.execute(statement)


def rule_decisions(db: Statements) -> None:
    """What the office decided on rules; the last decision on a rule counts."""
    db.execute(
        """CREATE TABLE rule_decisions (
            id INTEGER PRIMARY KEY, rule TEXT NOT NULL, decision TEXT NOT NULL, reason TEXT NOT NULL,
            decided_by TEXT NOT NULL, decided_at TEXT NOT NULL)"""
    )


def token_expiry(db: Statements) -> None:
    """The last day of a token; empty: until it is revoked."""
    db.execute("ALTER TABLE api_tokens ADD COLUMN expires_on TEXT NOT NULL DEFAULT ''")


def minor_findings(db: Statements) -> None:
    """次要提示: findings that are shown after the others."""
    db.execute("ALTER TABLE findings ADD COLUMN minor INTEGER NOT NULL DEFAULT 0")
