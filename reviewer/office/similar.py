"""Comments as words to search: earlier comments on passages like this one, within the viewer's rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.domain import fold
from reviewer.office.desk import Office
from reviewer.office.listing import visible
from reviewer.office.records import User
from reviewer.office.store import Writing
from reviewer.understanding.segmentation import words

MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Earlier:
    """A comment of another matter."""

    comment_id: int
    matter_id: int
    matter_title: str
    excerpt: str
    text: str
    suggestion: str
    status: str
    answer: str
    at: str


def index(db: Writing, comment_id: int, *texts: str) -> None:
    """Enter what a comment says; a comment that is edited keeps its first words too."""
    db.run("INSERT INTO comment_words (rowid, words) VALUES (?, ?)", [comment_id, " ".join(_words(*texts))])


def _words(*texts: str) -> list[str]:
    found = (word for text in texts for word, _, _ in words(fold(text).lower()))
    return [w for w in found if len(w) > 1 and any(c.isalnum() for c in w)]


def search(office: Office, user: User, text: str, *, besides: int | None = None, limit: int = 5) -> tuple[Earlier, ...]:
    """The comments whose words are nearest to a text; not those of the matter `besides`."""
    wanted = list(dict.fromkeys(_words(text)))
    if not wanted:
        return ()
    condition, values = visible(user)
    rarest = sorted(wanted, key=len, reverse=True)[:MOST_WORDS]
    with office.store.reading() as db:
        rows = db.rows(
            "SELECT c.id, c.matter_id, m.title, p.excerpt, c.text, c.suggestion, c.status, c.answer, c.updated_at"
            " FROM (SELECT rowid, rank FROM comment_words WHERE comment_words MATCH :query ORDER BY rank LIMIT 80) w"
            " JOIN comments c ON c.id = w.rowid JOIN matters m ON m.id = c.matter_id"
            " JOIN places p ON p.comment_id = c.id AND p.file_id = c.file_id"
            f" WHERE {condition} AND (:besides IS NULL OR c.matter_id <> :besides)"
            " AND c.status IN ('accepted', 'dismissed') ORDER BY w.rank LIMIT :limit",
            {**values, "query": _query(rarest), "besides": besides, "limit": limit},
        )
    return tuple(
        Earlier(r["id"], r["matter_id"], r["title"], r["excerpt"], r["text"], r["suggestion"], r["status"],
                r["answer"], r["updated_at"]) for r in rows
    )  # fmt: skip


def _query(wanted: Iterable[str]) -> str:
    return " OR ".join('"' + w.replace('"', '""') + '"' for w in wanted)
