"""The zip of an .ofd (GB/T 33190) → its XML parts and the documents they describe.

Names of elements are compared without their namespace, paths without regard to case, slashes and leading slashes: the
programs that write this format differ in all of them.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.errors import UnreadableFileError
from reviewer.readers.containers import parse_xml, unpack

if TYPE_CHECKING:
    from lxml import etree

MILLIMETRE = 72 / 25.4  # in points
MAX_PART = 64 << 20


@dataclass(frozen=True)
class Package:
    """An opened file; `problems` gathers sentences about parts that could not be read."""

    name: str
    archive: zipfile.ZipFile
    entries: Mapping[str, zipfile.ZipInfo]
    problems: list[str] = field(default_factory=list)
    parsed: dict[str, etree._Element] = field(default_factory=dict)

    def find(self, location: str, folder: str = "") -> str | None:
        """The key of a part: from the folder of the part that names it, else from the root, else None."""
        place = location.strip().replace("\\", "/")
        if place.startswith("/"):
            folder = ""
        for base in (folder, ""):
            key = posixpath.normpath(posixpath.join("/", base, place.lstrip("/"))).lstrip("/").lower()
            if key in self.entries:
                return key
        return None

    def root(self, key: str) -> etree._Element:
        """The tree of a part."""
        if key not in self.parsed:
            self.parsed[key] = parse_xml(unpack(self.archive, self.entries[key], self.name), key, self.name)
        return self.parsed[key]

    def optional(self, location: str, folder: str = "") -> tuple[str, etree._Element] | None:
        """The key and tree of a part that may be missing; damage is reported, not fatal."""
        key = self.find(location, folder) if location.strip() else None
        if key is None:
            return None
        try:
            return key, self.root(key)
        except UnreadableFileError as error:
            self.problems.append(f"部分内容未能检查：{error}")
            return None

    def content(self, key: str) -> bytes:
        return unpack(self.archive, self.entries[key], self.name)


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """The children with one of these names."""
    return (child for child in (() if element is None else element) if local(child) in names)


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next(children(element, name), None)


def text_of(element: etree._Element | None, *path: str) -> str:
    """The text of a descendant, empty where there is none."""
    for name in path:
        element = child(element, name)
    return "" if element is None else (element.text or "").strip()


def numbers(text: str | None) -> list[float]:
    """The numbers of a box, a point or a matrix; nothing where one of them is none."""
    try:
        found = [float(word) for word in (text or "").split()]
    except ValueError:
        return []
    return found if all(abs(number) < 1e7 for number in found) else []
