"""PDF → Document: pages with text are read with the place of every character, the others are recognised or named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.domain import Contents, Document
from reviewer.errors import UnreadableFileError
from reviewer.readers.building import assemble
from reviewer.readers.layout import Page, aside_of, distinct, page_of, pieces_of, ranges
from reviewer.readers.pdf_page import PageContent, read_page
from reviewer.readers.pdf_render import pictures
from reviewer.readers.pdf_streams import MAX_UNPACKED, inspect_streams
from reviewer.readers.scanned import MOST_PAGES, doubts, scanned

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


def load_libraries() -> None:
    """What reading pages with tables needs, loaded ahead of the first file."""
    import pdfplumber.table  # noqa: F401
    import pypdfium2  # noqa: F401


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
    pages: dict[int, Page] = {}
    for content in _pages(data, path.name):
        if reason := _unreadable(content):
            reasons[content.number] = reason
        else:
            pages[content.number] = page_of(content)
        contents.append(content.without_glyphs())
    to_recognise = [number for number, reason in reasons.items() if reason in _REASONS][:MOST_PAGES]
    recognised = scanned(pictures(data, to_recognise), to_recognise)
    pages.update(recognised.pages)
    reasons = {number: reason for number, reason in reasons.items() if number not in recognised.pages}
    ordered = [pages[number] for number in sorted(pages)]
    pieces, tables = pieces_of(ordered)
    pieces += aside_of(content for content in contents if content.number not in reasons)
    said = [*_unread(reasons, report.damaged > 0), *_doubts(ordered, report.damaged), *recognised.said, *doubts(pieces)]
    summary = Contents(
        pages=len(contents),
        unreadable_pages=tuple(n for n, why in reasons.items() if why != "empty" or report.damaged),
        recognised_pages=tuple(sorted(recognised.pages)),
        tables=tables,
        images=sum(content.drawing.images for content in contents if content.number not in recognised.pages),
    )
    return assemble(path, FORMAT, distinct(pieces), contents=summary, warnings=said, data=data)


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
    rare = [c for c in set(text) - _common_characters() if c > "\x7f"]
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    good = beyond - sum(map(text.count, rare))
    if good < GARBLED * beyond and sum(map(_is_script, text)) >= GARBLED_FROM:
        return True
    return unmapped > 0.5 and good < 0.3 * len(text)


def _is_script(c: str) -> bool:
    return "\u2e80" <= c <= "\ud7a3" or "\ue000" <= c <= "\ufaff" or c >= "\U00020000"


_REASONS = {
    "image": "是图像，没有可以读取的文字，未能检查；请做文字识别后再审，或人工核对",
    "outlines": "的文字已转成图形，无法读取，未能检查；请提交可编辑的原文件，或人工核对",
    "garbled": "的文字没有编码对照表，读出来是乱码，未予采用，未能检查；请提交可编辑的原文件，或做文字识别后再审",
}


def _unread(reasons: dict[int, str], damaged: bool) -> Iterator[str]:
    for reason, sentence in _REASONS.items():
        numbers = [number for number, why in reasons.items() if why == reason]
        if numbers:
            yield f"第{ranges(numbers)}页{sentence}"
    numbers = [number for number, why in reasons.items() if why == "empty"]
    if numbers:
        remark = "" if damaged else "；如果原件这里就是空白页，可不理会"
        yield f"第{ranges(numbers)}页没有读到任何内容，可能已损坏{remark}"


def _doubts(pages: Sequence[Page], damaged: int) -> Iterator[str]:
    """What was read, but perhaps not whole."""
    if damaged:
        yield f"文件内部有{damaged}处数据已损坏，读到的文字可能不全，请与原件核对"
    drawn = [page.content.number for page in pages if page.too_many_rules]
    if drawn:
        yield f"第{ranges(drawn)}页线条过多，没有按表格识别，按文字行读取"
    cut = [page.content.number for page in pages if page.content.cut]
    if cut:
        yield f"第{ranges(cut)}页文字过多，只读取了前面一部分，请人工核对"
