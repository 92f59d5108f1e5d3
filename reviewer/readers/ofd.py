"""OFD (GB/T 33190) → Document: the words of every page with their boxes, as of a PDF; picture pages are recognised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname
from typing import TYPE_CHECKING, NamedTuple

from reviewer.domain import Contents, Document
from reviewer.errors import UnreadableFileError
from reviewer.readers.building import assemble
from reviewer.readers.containers import open_archive, parts_of
from reviewer.readers.layout import Page, aside_of, distinct, page_of, pieces_of, ranges
from reviewer.readers.ocr import Picture
from reviewer.readers.ofd_package import Package, child, children, local, numbers, text_of
from reviewer.readers.ofd_page import Drawn, body_of, content_of, gather, page_box, templates_of
from reviewer.readers.ofd_signatures import sentences
from reviewer.readers.pdf import IMAGE_SHARE, MAX_PAGES, OUTLINE_PATHS, STAMP_CHARACTERS, is_garbled
from reviewer.readers.pdf_drawing import Matrix
from reviewer.readers.pdf_page import PageContent
from reviewer.readers.scanned import MOST_PAGES, doubts, scanned

if TYPE_CHECKING:
    from lxml import etree

SUFFIXES: tuple[str, ...] = (".ofd",)
FORMAT = "ofd"
_DAMAGED = "OFD 文件不完整，无法读取。请重新获取原文件，或用 OFD 阅读器打开后导出为 .pdf 再试。"


@dataclass
class Held:
    """What the documents of the package hold, beside their pages."""

    contents: list[PageContent] = field(default_factory=list)
    pictures: dict[int, tuple[str, ...]] = field(default_factory=dict)  # parts with the images of a page
    drawn_words: list[int] = field(default_factory=list)  # pages whose words are shapes
    missing: list[int] = field(default_factory=list)  # pages whose part is absent or damaged
    attachments: list[str] = field(default_factory=list)
    notes: int = 0
    placed: dict[int, tuple[tuple[str, Matrix], ...]] = field(default_factory=dict)  # image parts where they stand


class Sheet(NamedTuple):
    """A page as it is drawn: its content, and the bytes of its images with the places of their unit squares."""

    content: PageContent
    images: tuple[tuple[bytes, Matrix], ...]


def recognises(head: bytes, name: str) -> bool:
    """A zip with OFD.xml in it, or a damaged one under that suffix."""
    return head.startswith(b"PK") and (b"ofd.xml" in head.lower() or Path(name).suffix.lower() in SUFFIXES)


def read(path: Path) -> Document:
    """All documents of the package, one after the other, attachments counted but not read."""
    data = path.read_bytes()
    with open_archive(data, path.name) as archive:
        package = Package(path.name, archive, parts_of(archive))
        main = _main(package)
        bodies = list(children(package.root(main), "DocBody"))
        held = _held(package, bodies)
        said = [line for body in bodies for line in sentences(package, text_of(body, "Signatures"))]
        return _assembled(path, data, package, held, said)


def sheets(data: bytes, name: str) -> Iterator[Sheet]:
    """The pages with what is drawn on them, in the coordinates of the boxes that `read` gives, one at a time."""
    with open_archive(data, name) as archive:
        package = Package(name, archive, parts_of(archive))
        held = _held(package, list(children(package.root(_main(package)), "DocBody")))
        for content in held.contents:
            placed = () if content.turned else held.placed.get(content.number, ())
            yield Sheet(content, tuple((package.content(part), matrix) for part, matrix in placed))


def _main(package: Package) -> str:
    main = package.find("OFD.xml")
    if main is None:
        raise UnreadableFileError(f"{package.name}：{_DAMAGED}")
    return main


def _held(package: Package, bodies: list[etree._Element]) -> Held:
    held = Held()
    for body in bodies:
        _document(package, _root_of(package, body), held)
    if not held.contents:
        raise UnreadableFileError(f"{package.name}：{_reason(package)}")
    return held


def _reason(package: Package) -> str:
    if package.find("Encryptions.xml") or any("encrypt" in key for key in package.entries):
        return "OFD 文件已加密，无法读取。请用 OFD 阅读器解除加密后另存再试。"
    return _DAMAGED


def _root_of(package: Package, body: etree._Element) -> str:
    """The place of the document: that of the version in force where the file keeps several."""
    for version in children(child(body, "Versions"), "Version"):
        if version.get("Current", "").lower() == "true":
            found = package.optional(version.get("BaseLoc", ""))
            if found and (root := text_of(found[1], "DocRoot")):
                return package.find(root, dirname(found[0])) or root
    return text_of(body, "DocRoot")


def _document(package: Package, location: str, held: Held) -> None:
    found = package.optional(location)
    if found is None:
        return
    key, root = found
    folder = dirname(key)
    common = child(root, "CommonData")
    units, media = _resources(package, common, folder)
    templates = {
        item.get("ID", ""): part[1]
        for item in children(common, "TemplatePage")
        if (part := package.optional(item.get("BaseLoc", ""), folder))
    }
    annotations = _annotations(package, text_of(root, "Annotations"), folder)
    for item in list(children(child(root, "Pages"), "Page")):
        if len(held.contents) >= MAX_PAGES:
            raise UnreadableFileError(f"{package.name}：超过 {MAX_PAGES} 页的上限。请拆分后再试。")
        part = package.optional(item.get("BaseLoc", ""), folder)
        number = len(held.contents) + 1
        if part is None:
            held.missing.append(number)
            held.contents.append(PageContent.empty(number))
            continue
        own_units, own_media = _resources(package, part[1], dirname(part[0]))
        page = _Parts(part[1], templates, annotations.get(item.get("ID", ""), []), {**units, **own_units})
        _page(page, page_box(part[1], common), {**media, **own_media}, held)
    for listed in children(root, "Attachments"):
        held.attachments += _attachments(package, (listed.text or "").strip(), folder)
    held.notes += sum(map(len, annotations.values()))


@dataclass(frozen=True)
class _Parts:
    """What one page is put together from."""

    page: etree._Element
    templates: Mapping[str, etree._Element]
    annotations: list[etree._Element]
    units: Mapping[str, etree._Element]


def _page(parts: _Parts, size: tuple[float, float], media: Mapping[str, str], held: Held) -> None:
    number = len(held.contents) + 1
    drawn = Drawn()
    for name in templates_of(parts.page):
        template = parts.templates.get(name)
        body = None if template is None else body_of(template)
        if body is not None:
            gather(body, parts.units, drawn)
    body = body_of(parts.page)
    if body is not None:
        gather(body, parts.units, drawn)
    for annotation in parts.annotations:
        for appearance in children(annotation, "Appearance"):
            if annotation.get("Type") not in ("Link", "Path", "Highlight", "Stamp"):
                gather(appearance, parts.units, drawn, _corner(appearance))
    content = content_of(drawn, number, *size)
    text = content.glyphs.text(content.runs)
    held.placed[number] = tuple((media[name], square) for name, square in drawn.images if name in media)
    images = tuple(part for part, _ in held.placed[number])
    if not text and not drawn.images and drawn.paths >= OUTLINE_PATHS:
        held.drawn_words.append(number)
    elif images and (not text or (len(text) < STAMP_CHARACTERS and content.drawing.image_share > IMAGE_SHARE)):
        held.pictures[number] = images
    elif text and is_garbled(text):
        held.drawn_words.append(number)
    held.contents.append(content)


def _corner(appearance: etree._Element) -> tuple[float, float]:
    box = numbers(appearance.get("Boundary"))
    return (box[0], box[1]) if len(box) == 4 else (0.0, 0.0)


# ---------------------------------------------------------------- resources, annotations, attachments


def _resources(
    package: Package, element: etree._Element | None, folder: str
) -> tuple[dict[str, etree._Element], dict[str, str]]:
    """Composite graphics and image parts by id."""
    units: dict[str, etree._Element] = {}
    media: dict[str, str] = {}
    for listed in children(element, "PublicRes", "DocumentRes", "PageRes"):
        found = package.optional((listed.text or "").strip(), folder)
        if found is None:
            continue
        key, root = found
        base = root.get("BaseLoc", "").replace("\\", "/").strip("/")
        for item in root.iter():
            name = local(item)
            if name == "CompositeGraphicUnit":
                units[item.get("ID", "")] = item
            elif name == "MultiMedia" and item.get("Type", "Image").lower() == "image":
                file = text_of(item, "MediaFile")
                part = package.find(f"{base}/{file}", dirname(key)) or package.find(file, dirname(key))
                if part:
                    media[item.get("ID", "")] = part
    return units, media


def _annotations(package: Package, location: str, folder: str) -> dict[str, list[etree._Element]]:
    """Annotations by the id of their page."""
    found = package.optional(location, folder)
    by_page: dict[str, list[etree._Element]] = {}
    for item in children(None if found is None else found[1], "Page"):
        assert found is not None
        part = package.optional(text_of(item, "FileLoc"), dirname(found[0]))
        if part is not None:
            by_page.setdefault(item.get("PageID", ""), []).extend(children(part[1], "Annot"))
    return by_page


def _attachments(package: Package, location: str, folder: str) -> Iterator[str]:
    found = package.optional(location, folder)
    for item in children(None if found is None else found[1], "Attachment"):
        yield item.get("Name") or text_of(item, "FileLoc") or "未命名"


# ---------------------------------------------------------------- the Document


def _assembled(path: Path, data: bytes, package: Package, held: Held, said: list[str]) -> Document:
    unread = {*held.missing, *held.drawn_words, *held.pictures}
    pages: dict[int, Page] = {}
    for content in held.contents:
        if content.number not in unread and content.runs:
            pages[content.number] = page_of(content)
    numbers_ = sorted(held.pictures)[:MOST_PAGES]
    recognised = scanned(_pictures(package, held, numbers_), numbers_)
    pages.update(recognised.pages)
    unread -= set(recognised.pages)
    pieces, tables = pieces_of([pages[number] for number in sorted(pages)])
    pieces += aside_of(content for content in held.contents if content.number not in unread)
    warnings = [*said, *_unread(held, recognised.pages), *package.problems, *recognised.said, *doubts(pieces)]
    if held.attachments:
        names = "、".join(held.attachments[:5])
        warnings.append(f"文件带有 {len(held.attachments)} 个附件（{names}），未审查；需要审查时请导出后另行送审")
    contents = Contents(
        pages=len(held.contents),
        unreadable_pages=tuple(sorted(unread)),
        recognised_pages=tuple(sorted(recognised.pages)),
        tables=tables,
        images=sum(c.drawing.images for c in held.contents if c.number not in recognised.pages),
        comments=held.notes,
        embedded=len(held.attachments),
    )
    return assemble(path, FORMAT, distinct(pieces), contents=contents, warnings=warnings, data=data)


def _unread(held: Held, recognised: Mapping[int, Page]) -> Iterator[str]:
    pictures = [number for number in sorted(held.pictures) if number not in recognised]
    if pictures:
        yield f"第{ranges(pictures)}页是图像，没有可以读取的文字，未能检查；请做文字识别后再审，或人工核对"
    if held.drawn_words:
        places = ranges(held.drawn_words)
        yield f"第{places}页的文字已转成图形或没有编码，无法读取，未能检查；请提交可编辑的原文件，或人工核对"
    empty = [c.number for c in held.contents if not c.runs and not c.drawing.images and not c.aside]
    empty = [number for number in empty if number not in (*held.missing, *held.drawn_words)]
    if empty:
        yield f"第{ranges(empty)}页没有读到任何内容；如果原件这里就是空白页，可不理会"
    if held.missing:
        yield f"第{ranges(held.missing)}页的内容缺失或已损坏，未能检查；请重新获取原文件"


def _pictures(package: Package, held: Held, wanted: list[int]) -> Iterator[Picture]:
    """The largest image of each page."""
    from reviewer.readers.picture import decoded

    for number in wanted:
        size = held.contents[number - 1].width, held.contents[number - 1].height
        decodable = []
        for part in held.pictures[number][:20]:
            try:
                decodable.append(next(decoded(package.content(part), package.name)))
            except (UnreadableFileError, StopIteration):
                continue
        if decodable:
            yield Picture(number, *size, max(decodable, key=lambda pixels: pixels.shape[0] * pixels.shape[1]))
