"""A stored file → its text with structure, as the reviewing screen shows it and comments are placed in it.

The same reader and the same file give the same offsets as the machine review; the last few are kept in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from reviewer.domain import Draft, Line
from reviewer.office.alignment import Version, version_of
from reviewer.office.desk import Office
from reviewer.office.records import StoredFile
from reviewer.office.reviewing import named


@dataclass(frozen=True)
class FileText:
    """What a file says, and how it is cut for comparing."""

    draft: Draft
    version: Version


@dataclass(frozen=True)
class _Wanted:
    """The key of a text; the office and the entry only serve to read it."""

    sha256: str
    name: str
    line: Line
    office: Office = field(compare=False)
    stored: StoredFile = field(compare=False)


def text_of(office: Office, stored: StoredFile, line: Line) -> FileText:
    """Raises UnreadableFileError where the file cannot be read."""
    return _read(_Wanted(stored.sha256, stored.name, line, office, stored))


@lru_cache(maxsize=12)
def _read(wanted: _Wanted) -> FileText:
    with named(wanted.office, wanted.stored) as path:
        engine = wanted.office.engine()
        draft = engine.understand(engine.read(path), wanted.line)
    return FileText(draft, version_of(draft))
