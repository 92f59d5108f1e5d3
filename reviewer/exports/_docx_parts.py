"""An opened .docx and the parts that comments need: comments.xml, its relationship, its content type, the styles."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.readers.containers import parse_xml, unpack
from reviewer.readers.docx_revisions import invert
from reviewer.readers.docx_text import VAL, W

if TYPE_CHECKING:
    from lxml import etree

PACKAGE_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
CONTENT_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"


@dataclass
class Package:
    """An opened .docx; `roots` are the parts parsed so far, `changed` those to be written anew."""

    name: str
    archive: zipfile.ZipFile
    entries: Mapping[str, zipfile.ZipInfo]
    roots: dict[str, etree._Element] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    inverted: list[etree._Element] = field(default_factory=list)

    def root(self, part: str, otherwise: str) -> etree._Element:
        """The tree of a part; a part that the package lacks begins as the element `otherwise` ({namespace}name)."""
        from lxml import etree

        if part not in self.roots:
            entry = self.entries.get(part.lower())
            if entry is not None:
                self.roots[part] = parse_xml(unpack(self.archive, entry, self.name), part, self.name)
            else:
                namespace = otherwise[1:].partition("}")[0]
                prefix = "w" if otherwise.startswith(W) else None
                self.roots[part] = etree.Element(otherwise, nsmap={prefix: namespace})  # type: ignore[dict-item]
        return self.roots[part]

    def turn_back(self) -> None:
        """Give inverted parts their tracked changes back as they are in the file."""
        while self.inverted:
            invert(self.inverted.pop())


def main_part(package: Package) -> str:
    root = package.root("_rels/.rels", PACKAGE_RELATIONS + "Relationships")
    found = next((r for r in root if r.get("Type", "").endswith("/officeDocument")), None)
    return "word/document.xml" if found is None else posixpath.normpath(found.get("Target", "").lstrip("/"))


def comments_part(package: Package, main: str) -> str:
    """The name of the comments part; where there is none yet, its relationship and content type are added."""
    from lxml import etree

    folder, file = posixpath.split(main)
    relations_part = posixpath.join(folder, "_rels", file + ".rels")
    relations = package.root(relations_part, PACKAGE_RELATIONS + "Relationships")
    part = next(
        (
            posixpath.normpath(posixpath.join("/", folder, r.get("Target", ""))).lstrip("/")
            for r in relations
            if r.get("Type") == OFFICE + "comments" and r.get("TargetMode") != "External"
        ),
        None,
    )
    if part is None:
        names = ("comments", *(f"comments{i}" for i in range(2, 1000)))
        free = next(n for n in names if posixpath.join(folder, n + ".xml").lower() not in package.entries)
        part = posixpath.join(folder, free + ".xml")
        used = {r.get("Id") for r in relations}
        identity = next(i for i in (f"rIdReview{n}" for n in range(1, len(used) + 2)) if i not in used)
        attributes = {"Id": identity, "Type": OFFICE + "comments", "Target": free + ".xml"}
        etree.SubElement(relations, PACKAGE_RELATIONS + "Relationship", attributes)
        package.changed.add(relations_part)
    types = package.root("[Content_Types].xml", CONTENT_TYPES + "Types")
    if not any(t.get("PartName", "").lower() == f"/{part}".lower() for t in types):
        attributes = {"PartName": f"/{part}", "ContentType": COMMENTS_TYPE}
        etree.SubElement(types, CONTENT_TYPES + "Override", attributes)
        package.changed.add("[Content_Types].xml")
    return part


def first_free_number(comments: etree._Element, body: etree._Element) -> int:
    used = [e.get(W + "id", "") for e in comments.iter(W + "comment")]
    used += [e.get(W + "id", "") for e in body.iter(W + "commentRangeStart", W + "commentReference")]
    return max((int(u) for u in used if u.isdigit()), default=-1) + 1


def comment_styles(package: Package, main: str) -> tuple[str, str]:
    """Ids of the paragraph style of comment texts and of the character style of their marks, "" where absent."""
    root = package.root(posixpath.join(posixpath.dirname(main), "styles.xml"), W + "styles")
    ids = {}
    for style in root.iter(W + "style"):
        name = style.find(W + "name")
        if name is not None:
            ids[name.get(VAL, "").lower()] = style.get(W + "styleId", "")
    return ids.get("annotation text", ""), ids.get("annotation reference", "")


def written(package: Package) -> bytes:
    """The zip with the parsed parts written anew, in the order it had, new parts last."""
    changed = {part.lower(): (part, _serialised(package.roots[part])) for part in sorted(package.changed)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for key, entry in package.entries.items():
            copied = zipfile.ZipInfo(entry.filename, entry.date_time)
            copied.compress_type = entry.compress_type
            copied.external_attr = entry.external_attr
            data = changed.pop(key)[1] if key in changed else package.archive.read(entry)
            target.writestr(copied, data)
        for part, data in changed.values():
            added = zipfile.ZipInfo(part)  # a fixed date: the same review gives the same bytes
            added.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(added, data)
    return out.getvalue()


def _serialised(root: etree._Element) -> bytes:
    from lxml import etree

    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
