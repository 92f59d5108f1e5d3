"""Plain text (.txt, .md and source files) → Document, one block a line, or a paragraph broken at a fixed width."""

from __future__ import annotations

from pathlib import Path

from reviewer.domain import Document
from reviewer.errors import UnreadableFileError
from reviewer.readers.building import Piece, assemble
from reviewer.readers.encodings import decode, looks_like_text
from reviewer.readers.unsupported import is_wrapped
from reviewer.readers.unwrapping import paragraphs

SUFFIXES: tuple[str, ...] = (".txt", ".md")
FORMAT = "text"
MAX_TEXT_BYTES = 20 << 20

_BINARY_BEGINNINGS = (
    b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8",
    b"II*\x00", b"MM\x00*", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"\x7fELF", b"SQLite format 3",
)  # fmt: skip


def recognises(head: bytes, name: str) -> bool:
    """Whether the beginning could be text: no binary signature, characters rather than control codes."""
    return not head.startswith(_BINARY_BEGINNINGS) and not is_wrapped(head) and looks_like_text(head)


def read(path: Path) -> Document:
    """The lines of the file as written, without their line ends; blank lines make no block.

    Lines that were broken in mid-sentence at a fixed width are put together again.
    """
    data = path.read_bytes()
    refuse_long_text(data, path.name)
    lines = decode(data, path.name).splitlines()
    return assemble(path, FORMAT, map(Piece, paragraphs(lines)), data=data)


def refuse_long_text(data: bytes, name: str) -> None:
    """Raise for text beyond what anybody reviews in one piece."""
    if len(data) > MAX_TEXT_BYTES:
        raise UnreadableFileError(
            f"{name}：文字有 {len(data) >> 20} MB，超过 {MAX_TEXT_BYTES >> 20} MB 的上限。请拆分成几个文件后再试。"
        )
