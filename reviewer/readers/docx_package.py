"""The zip of a .docx → the trees of its parts and how they refer to each other."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.errors import UnreadableFileError
from reviewer.readers.containers import parse_xml, unpack
from reviewer.readers.docx_revisions import invert

if TYPE_CHECKING:
    from lxml import etree

# The namespaces of the strict variant of the format (ISO/IEC 29500) → those that everybody writes.
_STRICT = tuple(
    (f"http://purl.oclc.org/ooxml/{strict}".encode(), f"http://schemas.openxmlformats.org/{usual}".encode())
    for strict, usual in (
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
        ("officeDocument/math", "officeDocument/2006/math"),
        ("drawingml/", "drawingml/2006/"),
    )
)


_TABLE_STYLE, _END_OF_STYLE = b'<w:style w:type="table"', b"</w:style>"


def without_table_styles(data: bytes) -> bytes:
    """Table styles say nothing about text, numbers or headings, and are most of what styles.xml would cost to parse."""
    kept, start = [], 0
    while (begin := data.find(_TABLE_STYLE, start)) >= 0 and (end := data.find(_END_OF_STYLE, begin)) >= 0:
        kept.append(data[start:begin])
        start = end + len(_END_OF_STYLE)
    return b"".join([*kept, data[start:]]) if kept else data


@dataclass(frozen=True)
class Package:
    """An opened file; `problems` gathers sentences about parts that could not be read.

    With `original` the trees are inverted: their text is that before the tracked changes.
    """

    name: str
    archive: zipfile.ZipFile
    entries: Mapping[str, zipfile.ZipInfo]
    problems: list[str] = field(default_factory=list)
    original: bool = False

    def root(self, part: str) -> etree._Element | None:
        """The tree of a part, None when the package does not have it."""
        entry = self.entries.get(part.lower())
        if entry is None:
            return None
        data = without_table_styles(unpack(self.archive, entry, self.name))
        if b"purl.oclc.org/ooxml" in data:
            for strict, usual in _STRICT:
                data = data.replace(strict, usual)
        root = parse_xml(data, part, self.name)
        if self.original:
            invert(root)
        return root

    def optional_root(self, part: str) -> etree._Element | None:
        """Like `root`; damage to a part beside the body is reported, not fatal."""
        try:
            return self.root(part)
        except UnreadableFileError as error:
            self.problems.append(f"部分内容未能检查：{error}")
            return None

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationship id → (last word of the type, target part) of one part, "" for the package."""
        folder, file = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", file + ".rels"))
        found: dict[str, tuple[str, str]] = {}
        for relation in () if root is None else root:
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External" and isinstance(relation.tag, str):
                target = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
                found[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], target)
        return found


def relation_id(element: etree._Element) -> str:
    """The r:id of a reference, empty where it has none."""
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("relationships}id")), "")
