"""Web pages (.html .htm, and pages saved under another suffix) → Document, as a browser would show the words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.domain import BlockKind, Contents, Document, TableCell
from reviewer.errors import UnreadableFileError
from reviewer.readers.building import Piece, assemble
from reviewer.readers.encodings import decode
from reviewer.readers.text import refuse_long_text

if TYPE_CHECKING:
    from lxml import etree

SUFFIXES: tuple[str, ...] = (".html", ".htm", ".xhtml")
FORMAT = "html"

_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+)?(?>(?><!--.*?-->)\s*+)*+"
    rb"<(?:!doctype\s+html|(?:html|head|body|meta|title|div|p|table|h[1-6]|span|font|center|br|article|section)[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_INVISIBLE = frozenset(
    ("script", "style", "noscript", "template", "head", "object", "embed", "iframe", "svg", "audio", "video", "select")
)
_INLINE = frozenset(
    ("a", "abbr", "b", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "input", "ins",
     "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
     "var", "wbr", "rb", "ruby", "bdi", "acronym", "button", "nobr", "o:p", "st1:chsdate")
)  # fmt: skip
_DROPPED = frozenset(("rt", "rp"))  # the reading beside a character
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_WIDE = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_SOURCE_LINE_END = re.compile(rf"(?<={_WIDE})[ \t]*+[\r\n][ \t\r\n]*+(?={_WIDE})")
_MARGINS = {"header": BlockKind.HEADER, "footer": BlockKind.FOOTER}


def recognises(head: bytes, name: str) -> bool:
    """Whether it begins with markup; source files with other words or <% and <?php first are text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    return _BEGINNING.match(head) is not None


def read(path: Path) -> Document:
    """Visible text by block element; scripts, styles and hidden elements are left out."""
    from lxml import etree

    data = path.read_bytes()
    refuse_long_text(data, path.name)
    declared = _CHARSET.search(data[:4096])
    text = decode(data, path.name, declared=declared[1].decode("ascii", "ignore") if declared else "")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFileError(f"{path.name}：网页无法解析，文件已损坏。请在浏览器中打开，另存后再试。") from error
    if parser.error_log.filter_from_fatals():
        raise UnreadableFileError(
            f"{path.name}：网页结构嵌套过深或过长，无法完整读取。请把正文复制到 Word 中，存为 .docx 后再试。"
        )
    if root is None:
        return assemble(path, FORMAT, (), data=data)
    page = _Page()
    _walk(root, page)
    pieces = page.pieces or list(_title(root))
    return assemble(path, FORMAT, pieces, contents=Contents(tables=page.tables, images=page.images), data=data)


def _title(root: etree._Element) -> Iterator[Piece]:
    """The title of the page, for pages without any other text."""
    for element in root.iter("title"):
        yield Piece(_SPACE.sub(" ", "".join(map(str, element.itertext()))).strip())


@dataclass(slots=True)
class _Table:
    """One table while it is read. A table that only lays the page out has no cells."""

    number: int | None
    row: int = -1
    column: int = 0
    covered: dict[int, int] = field(default_factory=dict)  # column → last row that a cell from above reaches
    cell: TableCell | None = None


@dataclass(slots=True)
class _Page:
    """The text gathered so far and where in the page the reader stands."""

    pieces: list[Piece] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open_tables: list[_Table] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    margins: list[BlockKind] = field(default_factory=list)
    preformatted: int = 0
    tables: int = 0
    images: int = 0

    def write(self, text: str | None) -> None:
        if text and self.preformatted:
            first, *others = text.splitlines() or [""]
            self.words.append(first)
            for line in others:
                self.close()
                self.words.append(line)
        elif text:
            self.words.append(_SPACE.sub(" ", _SOURCE_LINE_END.sub("", text)))

    def close(self) -> None:
        """Ends the block that is being written."""
        text = "".join(self.words)
        self.words.clear()
        text = text if self.preformatted else re.sub(" {2,}", " ", text).strip(" ")
        if not text.strip():
            return
        cell = self.open_tables[-1].cell if self.open_tables else None
        level = self.levels[-1] if self.levels else 0
        kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
        kind = self.margins[-1] if self.margins else kind
        self.pieces.append(Piece(text, kind if cell is None else BlockKind.TABLE_CELL, None, cell, level))


def _walk(root: etree._Element, page: _Page) -> None:
    from lxml import etree

    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        tag = element.tag
        if event in ("comment", "pi"):
            page.write(element.tail)
        elif event == "start":
            if tag in _INVISIBLE or tag in _DROPPED or _is_hidden(element):
                walker.skip_subtree()
                continue
            _enter(tag, element, page)
            page.write(element.text)
        else:
            if not (tag in _INVISIBLE or tag in _DROPPED or _is_hidden(element)):
                _leave(tag, page)
            if element is not root:
                page.write(element.tail)
    page.close()


def _is_hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None or (element.tag == "input" and element.get("type") == "hidden"):
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None


def _enter(tag: str, element: etree._Element, page: _Page) -> None:
    if tag == "img":
        page.images += 1
    elif tag == "input":
        page.words.append(_field(element))
    if tag in _INLINE:
        return
    page.close()
    if tag == "table":
        layout = next(element.iterdescendants("table"), None) is not None
        page.open_tables.append(_Table(None if layout else page.tables))
        page.tables += not layout
    elif tag == "tr" and page.open_tables:
        page.open_tables[-1].row += 1
        page.open_tables[-1].column = 0
    elif tag in ("td", "th") and page.open_tables:
        _enter_cell(element, page.open_tables[-1])
    elif tag in _MARGINS:
        page.margins.append(_MARGINS[tag])
    elif tag in ("pre", "textarea"):
        page.preformatted += 1
    elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
        page.levels.append(int(tag[1]))


def _enter_cell(element: etree._Element, table: _Table) -> None:
    """Finds the column that the cell stands in, next to cells that reach down from rows above."""
    if table.number is None:
        return
    row = max(table.row, 0)
    while table.covered.get(table.column, -1) >= row:
        table.column += 1
    table.cell = TableCell(table.number, row, table.column)
    width, height = _span(element, "colspan"), _span(element, "rowspan")
    if height > 1:
        table.covered.update((table.column + right, row + height - 1) for right in range(width))
    table.column += width


def _span(element: etree._Element, name: str) -> int:
    text = (element.get(name) or "").strip()
    return max(1, min(int(text), 100)) if text.isdecimal() and len(text) < 6 else 1


def _leave(tag: str, page: _Page) -> None:
    if tag in _INLINE:
        return
    page.close()
    if tag == "table" and page.open_tables:
        page.open_tables.pop()
    elif tag in ("td", "th") and page.open_tables:
        page.open_tables[-1].cell = None
    elif tag in _MARGINS:
        page.margins.pop()
    elif tag in ("pre", "textarea"):
        page.preformatted -= 1
    elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
        page.levels.pop()


def _field(element: etree._Element) -> str:
    """What a form field shows: a box, or the value typed into it."""
    kind = (element.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return "□" if element.get("checked") is None else "☑"
    return element.get("value") or "" if kind == "text" else ""
