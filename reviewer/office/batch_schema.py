"""The table of batch jobs: who asked for what and when, how far it is, how it ended. Files and results stay on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.office.migrations import Statements


def batch_jobs(db: Statements) -> None:
    """Jobs; `place` names the job's folder, `done` of `total` are documents of different content."""
    db.execute(
        """CREATE TABLE batch_jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, place TEXT NOT NULL UNIQUE,
            folder TEXT NOT NULL DEFAULT '', line TEXT NOT NULL DEFAULT '', type TEXT NOT NULL DEFAULT '',
            on_day TEXT NOT NULL, annotate INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL,
            user_id INTEGER NOT NULL REFERENCES users(id), user TEXT NOT NULL, created_at TEXT NOT NULL,
            queued_at TEXT NOT NULL, started_at TEXT NOT NULL DEFAULT '', ended_at TEXT NOT NULL DEFAULT '',
            stage TEXT NOT NULL DEFAULT '', done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0, rate REAL NOT NULL DEFAULT 0, files INTEGER NOT NULL DEFAULT 0,
            unread INTEGER NOT NULL DEFAULT 0, with_findings INTEGER NOT NULL DEFAULT 0,
            unchecked INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '')"""
    )
    db.execute("CREATE INDEX batch_jobs_by_status ON batch_jobs (status, queued_at)")
