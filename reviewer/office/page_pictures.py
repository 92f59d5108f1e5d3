"""Pages of a submitted PDF as pictures beside its text, for those who may see the matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from reviewer.errors import UsageError
from reviewer.isolation.pictures import page_picture
from reviewer.office import roles, rows
from reviewer.office.desk import Office
from reviewer.office.records import StoredFile, User
from reviewer.office.reviewing import named

SUFFIX = ".pdf"
KEPT = 48  # pictures of about 200 KB in memory


def picture(office: Office, actor: User, file_id: int, number: int) -> bytes:
    """The PNG of a page (from 1). Raises UsageError for no PDF, UnreadableFileError for a page that cannot be drawn."""
    with office.store.reading() as db:
        row = db.one("SELECT * FROM files WHERE id = ?", [file_id])
        if row is None:
            raise UsageError("没有这个文件，或者它不属于您的单位")
        stored = rows.stored_file(row)
        roles.require_on(actor, "view", rows.get_matter(db, stored.matter_id))
    if not stored.name.lower().endswith(SUFFIX):
        raise UsageError(f"{stored.name}：只有 PDF 文件有页面图像")
    return _drawn(_Page(stored.sha256, number, office, stored))


@dataclass(frozen=True)
class _Page:
    """The key of a picture; the office and the entry only serve to draw it."""

    sha256: str
    number: int
    office: Office = field(compare=False)
    stored: StoredFile = field(compare=False)


@lru_cache(maxsize=KEPT)
def _drawn(page: _Page) -> bytes:
    with named(page.office, page.stored) as path:
        return page_picture(path, page.number)
