"""Formats of other and older word processors (.doc .wps .odt, Word 2003 XML) → Document, by way of LibreOffice."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from reviewer.domain import Document
from reviewer.errors import UnreadableFileError
from reviewer.readers import docx
from reviewer.readers.soffice import as_docx
from reviewer.readers.unsupported import ENCRYPTED, OLE

SUFFIXES: tuple[str, ...] = (".doc", ".dot", ".wps", ".wpt", ".odt", ".ott")
FORMAT = "doc"
TRACKS_CHANGES = True

_WORD = "WordDocument".encode("utf-16-le")
_OTHERS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book\0", "PowerPoint Document", "VisioDocument"))
_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros"))
_SECTOR = 512
_FIB, _FIB_ENCRYPTED = b"\xec\xa5", 0x0100
_OPEN_TEXT = b"application/vnd.oasis.opendocument.text"


def recognises(head: bytes, name: str) -> bool:
    """A Word document in an OLE2 compound file, OpenDocument text, or Word 2003 XML."""
    if head.startswith(OLE):
        suffix = Path(name).suffix.lower()
        named = suffix in (".doc", ".dot", ".wps", ".wpt") and not any(other in head for other in _OTHERS)
        return ENCRYPTED not in head and (_WORD in head or named)
    return _kind(head) != ""


def _kind(head: bytes) -> str:
    """odt, xml (Word 2003) or nothing."""
    if head.startswith(b"PK"):
        return "odt" if _OPEN_TEXT in head[:200] else ""
    beginning = head[:4096].lstrip(b"\xef\xbb\xbf \r\n")
    return "xml" if beginning.startswith(b"<?xml") and b"<w:wordDocument" in beginning else ""


def read(path: Path, *, original: bool = False) -> Document:
    """The text as LibreOffice reads it; anchors are those of the converted file (see `converted`).

    `original`: before its tracked changes.
    """
    data = path.read_bytes()
    document = read_converted(converted(data, path.name), path.name, original=original)
    warnings = document.warnings
    if data.startswith(OLE) and any(mark in data for mark in _MACROS):
        warnings = ("文档带有宏，宏未运行，也未审查", *warnings)
    suffix = path.suffix.lower()
    form = suffix[1:] if suffix in SUFFIXES else FORMAT
    return replace(document, sha256=sha256(data).hexdigest(), format=form, warnings=warnings)


def converted(data: bytes, name: str) -> bytes:
    """The same document as .docx; a password is noticed before LibreOffice would ask for it."""
    if data.startswith(OLE) and _is_encrypted(data):
        raise UnreadableFileError(f"{name}：文件设有打开密码。请在 Word 或 WPS 中输入密码打开，取消密码后另存再试。")
    kind = _kind(data[:4096])
    suffix = ".odt" if kind == "odt" else ".xml" if kind == "xml" else ".doc"
    if suffix == ".doc" and _WORD not in data:
        suffix = ".wps"  # Works and early WPS: LibreOffice looks at the content
    return as_docx(data, suffix, name)


def read_converted(data: bytes, name: str, *, original: bool = False) -> Document:
    """A .docx that LibreOffice wrote, under the name of the file that it was made of."""
    with tempfile.TemporaryDirectory(prefix="reviewer-office-") as folder:
        path = Path(folder) / "converted.docx"
        path.write_bytes(data)
        try:
            return replace(docx.read(path, original=original), name=name)
        except UnreadableFileError as error:
            raise UnreadableFileError(
                f"{name}：转换后的文字无法读取。请用 Word、WPS 打开后另存为 .docx 再试。"
            ) from error


def _is_encrypted(data: bytes) -> bool:
    """Whether the file information block, at the beginning of some sector, says so."""
    places = (at for at in range(_SECTOR, len(data), _SECTOR) if data.startswith(_FIB, at))
    return any(int.from_bytes(data[at + 10 : at + 12], "little") & _FIB_ENCRYPTED for at in places)
