"""The tables of reviewing together: comments, their places in each version, remarks, papers, words to search."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.office.migrations import Statements

_COMMENTS = (
    """CREATE TABLE comments (
        id INTEGER PRIMARY KEY, matter_id INTEGER NOT NULL REFERENCES matters(id),
        file_id INTEGER NOT NULL REFERENCES files(id), origin TEXT NOT NULL, fingerprint TEXT NOT NULL DEFAULT '',
        rule TEXT NOT NULL DEFAULT '', category TEXT NOT NULL DEFAULT '', category_name TEXT NOT NULL DEFAULT '',
        severity TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, suggestion TEXT NOT NULL DEFAULT '',
        basis TEXT NOT NULL DEFAULT '[]', because TEXT NOT NULL DEFAULT '', edited INTEGER NOT NULL DEFAULT 0,
        status TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', merged_into INTEGER REFERENCES comments(id),
        assigned_to INTEGER REFERENCES users(id), answer TEXT NOT NULL DEFAULT '',
        answer_reason TEXT NOT NULL DEFAULT '', answered_by TEXT NOT NULL DEFAULT '',
        answered_at TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 1,
        created_by INTEGER NOT NULL REFERENCES users(id), created_name TEXT NOT NULL, created_at TEXT NOT NULL,
        updated_by TEXT NOT NULL, updated_at TEXT NOT NULL)""",
    "CREATE INDEX comments_by_matter ON comments (matter_id, id)",
    "CREATE INDEX comments_by_rule ON comments (rule, status)",
    "CREATE UNIQUE INDEX comments_by_finding ON comments (file_id, fingerprint) WHERE fingerprint <> ''",
    """CREATE TABLE places (
        comment_id INTEGER NOT NULL REFERENCES comments(id), file_id INTEGER NOT NULL REFERENCES files(id),
        start INTEGER, "end" INTEGER, place TEXT NOT NULL, excerpt TEXT NOT NULL, standing TEXT NOT NULL,
        before TEXT NOT NULL DEFAULT '', after TEXT NOT NULL DEFAULT '', proposed TEXT NOT NULL DEFAULT '',
        verdict TEXT NOT NULL DEFAULT '', verdict_by TEXT NOT NULL DEFAULT '', verdict_at TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (comment_id, file_id)) WITHOUT ROWID""",
    """CREATE TABLE remarks (
        id INTEGER PRIMARY KEY, comment_id INTEGER NOT NULL REFERENCES comments(id), at TEXT NOT NULL,
        user_id INTEGER NOT NULL REFERENCES users(id), user TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL)""",
    "CREATE INDEX remarks_by_comment ON remarks (comment_id, id)",
    "CREATE VIRTUAL TABLE comment_words USING fts5(words, content='', tokenize='unicode61')",
)

_PAPERS = (
    """CREATE TABLE opinion_parts (
        matter_id INTEGER NOT NULL REFERENCES matters(id), section TEXT NOT NULL, text TEXT NOT NULL,
        version INTEGER NOT NULL, updated_by TEXT NOT NULL, updated_at TEXT NOT NULL,
        PRIMARY KEY (matter_id, section)) WITHOUT ROWID""",
    """CREATE TABLE papers (
        id INTEGER PRIMARY KEY, matter_id INTEGER NOT NULL REFERENCES matters(id), kind TEXT NOT NULL,
        number TEXT NOT NULL UNIQUE, on_day TEXT NOT NULL, conclusion TEXT NOT NULL, content TEXT NOT NULL,
        sha256 TEXT NOT NULL, size INTEGER NOT NULL, replaces INTEGER REFERENCES papers(id),
        issued_by TEXT NOT NULL, issued_at TEXT NOT NULL)""",
    "CREATE INDEX papers_by_matter ON papers (matter_id, id)",
    """CREATE TRIGGER papers_are_frozen BEFORE UPDATE ON papers
        BEGIN SELECT RAISE(ABORT, 'an issued paper is not changed'); END""",
    """CREATE TRIGGER papers_are_kept BEFORE DELETE ON papers
        BEGIN SELECT RAISE(ABORT, 'an issued paper is not removed'); END""",
)


def comments(db: Statements) -> None:
    """Comments with their places, remarks and words."""
    for statement in _COMMENTS:
        db.execute(statement)


def papers(db: Statements) -> None:
    """Issued papers, and the sections of an opinion that a person wrote."""
    for statement in _PAPERS:
        db.execute(statement)


def tokens(db: Statements) -> None:
    """Tokens of other systems."""
    db.execute(
        """CREATE TABLE api_tokens (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES users(id),
            scopes TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, active INTEGER NOT NULL DEFAULT 1,
            created_by TEXT NOT NULL, created_at TEXT NOT NULL, used_at TEXT NOT NULL DEFAULT '')"""
    )
