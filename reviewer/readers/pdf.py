"""PDF → Document: pages with text are read with the place of every character, the others are named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.domain import BlockKind, Contents, Document, PageAnchor, TableCell
from reviewer.errors import UnreadableFileError
from reviewer.readers.building import Piece, assemble
from reviewer.readers.pdf_lines import Line, by_region, flow, lines_of
from reviewer.readers.pdf_page import PageContent, read_page
from reviewer.readers.pdf_paragraphs import Frame, cell_paragraphs, continues, frame_of, joined, running
from reviewer.readers.pdf_streams import MAX_UNPACKED, inspect_streams
from reviewer.readers.pdf_tables import TOLERANCE, Grid, find_grids

if TYPE_CHECKING:
    import pypdfium2 as pdfium

SUFFIXES = (".pdf",)
FORMAT = "pdf"
HEAD = 1024  # the signature may stand anywhere in it

MAX_PAGES = 3_000
MAX_TEXT = 3_000_000  # characters of a document
STAMP_CHARACTERS = 50  # fewer on a page that is one image are a stamp of the scanner, not the text of the page
IMAGE_SHARE = 0.6
OUTLINE_PATHS = 40  # a page of so many shapes and no text has its words drawn as shapes
GARBLED = 0.5
GARBLED_FROM = 30  # characters


class Table(NamedTuple):
    """A table of one page; `cells` holds the lines of each cell of the grid."""

    page: int
    grid: Grid
    cells: dict[int, list[Line]]


class Page(NamedTuple):
    """A page that was read: its lines outside tables and its tables, in reading order."""

    content: PageContent
    flow: list[Line | Table]
    too_many_rules: bool

    @property
    def lines(self) -> list[Line]:
        return [item for item in self.flow if isinstance(item, Line)]


def recognises(head: bytes, name: str) -> bool:
    """Whether the beginning of a file has the signature of a PDF; `name` is not looked at."""
    del name
    return b"%PDF-" in head[:HEAD]


def read(path: Path) -> Document:
    """The text of a PDF with the boxes of its lines; unreadable pages are listed, with a warning for each reason.

    Raises UnreadableFileError where the file needs a password, is damaged beyond opening, or would exhaust the machine.
    """
    data = path.read_bytes()
    report = inspect_streams(data)
    if report.oversized:
        limit = f"{MAX_UNPACKED >> 20} MB"
        raise UnreadableFileError(
            f"{path.name}：文件内部有一段数据解压后超过 {limit}，可能是恶意文件，已拒绝读取。"
            "请向送审单位核实，另存为新文件后再试。"
        )
    reasons: dict[int, str] = {}
    contents: list[PageContent] = []
    pages: list[Page] = []
    for content in _pages(data, path.name):
        if reason := _unreadable(content):
            reasons[content.number] = reason
        else:
            pages.append(_page(content))
        contents.append(content.without_glyphs())
    pieces, tables = _pieces(pages)
    for content in contents:  # what stands aside is read last
        if content.aside and content.number not in reasons:
            pieces.append(Piece(content.aside, BlockKind.NOTE, PageAnchor(content.number)))
    said = [*_unread(reasons, report.damaged > 0), *_doubts(pages, report.damaged)]
    summary = Contents(
        pages=len(contents),
        unreadable_pages=tuple(n for n, why in reasons.items() if why != "empty" or report.damaged),
        tables=tables,
        images=sum(content.drawing.images for content in contents),
    )
    return assemble(path, FORMAT, _distinct(pieces), contents=summary, warnings=said, data=data)


# ---------------------------------------------------------------- opening


def _pages(data: bytes, name: str) -> Iterator[PageContent]:
    import pypdfium2 as pdfium

    document = _open(data, name)
    try:
        if len(document) > MAX_PAGES:
            raise UnreadableFileError(f"{name}：共 {len(document)} 页，超过 {MAX_PAGES} 页的上限。请拆分后再试。")
        if document.get_formtype():
            document.init_forms()
        total = 0
        for index in range(len(document)):
            try:
                content = read_page(document, index)
            except pdfium.PdfiumError:
                content = PageContent.empty(index + 1)
            total += sum(map(len, content.runs))
            if total > MAX_TEXT:
                raise UnreadableFileError(f"{name}：文字超过 {MAX_TEXT // 10_000} 万字的上限。请拆分后再试。")
            yield content
    finally:
        document.close()


def _open(data: bytes, name: str) -> pdfium.PdfDocument:
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise UnreadableFileError(
                f"{name}：文件设有打开密码。请输入密码打开后，另存为没有密码的文件再试。"
            ) from error
        if error.err_code == raw.FPDF_ERR_SECURITY:
            raise UnreadableFileError(f"{name}：文件的加密方式不支持。请解除加密，另存后再试。") from error
        raise UnreadableFileError(
            f"{name}：PDF 文件已损坏或没有传完整，无法打开。请重新获取原文件，或用阅读器打开后另存再试。"
        ) from error


# ---------------------------------------------------------------- pages that cannot be read


@cache
def _common_characters() -> frozenset[str]:
    """The symbols and level-1 hanzi of GB 2312: nearly everything in a Chinese official text."""
    rows = (*range(0xA1, 0xAA), *range(0xB0, 0xD8))
    encoded = b"".join(bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    return frozenset(encoded.decode("gb2312", "ignore")) | frozenset("—·–•￥¥①②③④⑤⑥⑦⑧⑨⑩")


def _unreadable(content: PageContent) -> str:
    """Why the text of a page is not to be used: "image", "outlines", "garbled", "empty"; "" when it is."""
    text = content.glyphs.text(content.runs)
    drawing = content.drawing
    if not text and not drawing.images:
        return "outlines" if drawing.paths >= OUTLINE_PATHS else "empty"
    if not text or (len(text) < STAMP_CHARACTERS and drawing.image_share > IMAGE_SHARE):
        return "image"
    return "garbled" if is_garbled(text, content.unmapped) else ""


def is_garbled(text: str, unmapped: float = 0.0) -> bool:
    """Whether the text is what a font without a Unicode map gives: rare characters of many scripts.

    `unmapped` is the share of characters that the font maps to nothing.
    """
    beyond = [c for c in text if c > "\x7f"]
    good = sum(c in _common_characters() for c in beyond)
    scripts = sum("\u2e80" <= c <= "\ud7a3" or "\ue000" <= c <= "\ufaff" or c >= "\U00020000" for c in beyond)
    if scripts >= GARBLED_FROM and good < GARBLED * len(beyond):
        return True
    return unmapped > 0.5 and good < 0.3 * len(text)


_REASONS = {
    "image": "是图像，没有可以读取的文字，未能检查；请做文字识别后再审，或人工核对",
    "outlines": "的文字已转成图形，无法读取，未能检查；请提交可编辑的原文件，或人工核对",
    "garbled": "的文字没有编码对照表，读出来是乱码，未予采用，未能检查；请提交可编辑的原文件，或做文字识别后再审",
}


def _unread(reasons: dict[int, str], damaged: bool) -> Iterator[str]:
    for reason, sentence in _REASONS.items():
        numbers = [number for number, why in reasons.items() if why == reason]
        if numbers:
            yield f"第{_ranges(numbers)}页{sentence}"
    numbers = [number for number, why in reasons.items() if why == "empty"]
    if numbers:
        remark = "" if damaged else "；如果原件这里就是空白页，可不理会"
        yield f"第{_ranges(numbers)}页没有读到任何内容，可能已损坏{remark}"


def _doubts(pages: Sequence[Page], damaged: int) -> Iterator[str]:
    """What was read, but perhaps not whole."""
    if damaged:
        yield f"文件内部有{damaged}处数据已损坏，读到的文字可能不全，请与原件核对"
    drawn = [page.content.number for page in pages if page.too_many_rules]
    if drawn:
        yield f"第{_ranges(drawn)}页线条过多，没有按表格识别，按文字行读取"
    cut = [page.content.number for page in pages if page.content.cut]
    if cut:
        yield f"第{_ranges(cut)}页文字过多，只读取了前面一部分，请人工核对"


def _ranges(numbers: Sequence[int]) -> str:
    """1、3-5、8"""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return "、".join("-".join(map(str, part)) for part in parts)


# ---------------------------------------------------------------- a page in reading order


def _page(content: PageContent) -> Page:
    """Glyphs sorted into table cells and body, and those into lines."""
    grids = find_grids(content.drawing.rules)
    cells = [(number, index) for number, grid in enumerate(grids or ()) for index in range(len(grid.cells))]
    codes = {place: code for code, place in enumerate(cells, 1)}

    glyphs, number, width = content.glyphs, content.number, content.width

    def region(i: int) -> int:
        x, y = (glyphs.lefts[i] + glyphs.rights[i]) / 2, (glyphs.tops[i] + glyphs.bottoms[i]) / 2
        for table, grid in enumerate(grids or ()):
            if grid.top <= y < grid.bottom and (cell := grid.cell_at(x, y)) is not None:
                return codes[table, cell]
        return 0

    found = by_region(content.runs, region) if grids else {0: content.runs}
    tables = [Table(number, grid, {}) for grid in grids or ()]
    for code, (table, cell) in enumerate(cells, 1):
        if code in found:
            tables[table].cells[cell] = lines_of(found[code], glyphs, number)
    body = found.get(0, [])
    ordered: list[Line | Table] = []
    for inside in tables:
        if inside.cells:
            above = [run for run in body if sum(glyphs.extent(run)) < 2 * inside.grid.top + TOLERANCE]
            body = [run for run in body if not sum(glyphs.extent(run)) < 2 * inside.grid.top + TOLERANCE]
            ordered += [*flow(above, glyphs, number, width), inside]
    ordered += flow(body, glyphs, number, width)
    return Page(content.without_glyphs(), ordered, grids is None)


# ---------------------------------------------------------------- pieces


def _pieces(pages: Sequence[Page]) -> tuple[list[Piece], int]:
    """The pieces of all pages in reading order, running heads and feet last, and the number of tables."""
    apart = running([(page.content.height, page.lines) for page in pages])
    turned = {page.content.number for page in pages if page.content.turned}
    frames = _frames(pages, apart.dropped)
    pieces: list[Piece] = []
    waiting: list[Line] = []
    frame: Frame | None = None
    last: Table | None = None
    number, offset = -1, 0

    def finish() -> None:
        if waiting:
            text, anchor = joined(waiting, boxes=waiting[0].page not in turned)
            pieces.append(Piece(text, BlockKind.PARAGRAPH, anchor))
            waiting.clear()

    for page in pages:
        for item in page.flow:
            if isinstance(item, Table):
                finish()
                if last is not None and _carries_on(last, item):
                    offset += len(last.grid.ys) - 1
                else:
                    number, offset = number + 1, 0
                last = item
                pieces.extend(_cells(item, number, offset, boxes=item.page not in turned))
            elif id(item) not in apart.dropped:
                last = None
                if waiting and (frame is None or not continues(waiting, item, frame)):
                    finish()
                frame = frames[round(page.content.width), item.column]
                waiting.append(item)
    finish()
    for kind, lines in ((BlockKind.HEADER, apart.heads), (BlockKind.FOOTER, apart.feet)):
        for line in lines:
            text, anchor = joined([line], boxes=line.page not in turned)
            pieces.append(Piece(text, kind, anchor))
    return pieces, number + 1


def _frames(pages: Sequence[Page], dropped: set[int]) -> dict[tuple[int, int], Frame]:
    """The text area for each page width and column."""
    groups: dict[tuple[int, int], list[Line]] = {}
    for page in pages:
        for line in page.lines:
            key = (round(page.content.width), line.column)
            groups.setdefault(key, []).append(line)
    return {
        key: frame_of([line for line in lines if id(line) not in dropped] or lines, float(key[0]))
        for key, lines in groups.items()
    }


def _carries_on(last: Table, table: Table) -> bool:
    """Whether a table is the rest of the one that ended the page before: the same columns at the same places."""
    if table.page != last.page + 1 or len(table.grid.xs) != len(last.grid.xs):
        return False
    return all(abs(a - b) <= TOLERANCE for a, b in zip(table.grid.xs, last.grid.xs, strict=True))


def _cells(table: Table, number: int, offset: int, *, boxes: bool) -> Iterator[Piece]:
    for index, ((left, _, right, _), row, column) in enumerate(table.grid.cells):
        for lines in cell_paragraphs(table.cells.get(index, ()), left, right):
            text, anchor = joined(lines, boxes=boxes)
            yield Piece(text, BlockKind.TABLE_CELL, anchor, TableCell(number, row + offset, column))


def _distinct(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Every piece, a watermark only once."""
    seen: set[str] = set()
    for piece in pieces:
        if piece.kind is BlockKind.NOTE:
            if piece.text in seen:
                continue
            seen.add(piece.text)
        yield piece
