"""One w:p → the pieces of text that a reader of the printed page sees, each with the run and element it comes from.

The reader and the exporter that writes into the file both take their text from here, so that an offset inside a block
(after the `label` code points of its DocxAnchor) is an offset into the joined pieces of its paragraph.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W16SE = "{http://schemas.microsoft.com/office/word/2015/wordml/symex}"
VAL = W + "val"

TICKED, UNTICKED = "☑", "□"

RUN, RUN_FORMAT, ALTERNATE = W + "r", W + "rPr", MC + "AlternateContent"
_CHECKBOX = W14 + "checkbox"
# Not on the page: deleted and moved-away text, properties, the reading of a ruby, text boxes (blocks of their own).
_SKIPPED = frozenset(
    W + name
    for name in (
        "del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "rt", "rubyPr", "drawing", "pict", "object", "tblPr",
        "customXmlPr", "smartTagPr",
    )
)  # fmt: skip
_FRACTION, _DENOMINATOR = M + "f", M + "den"

# Glyphs of the symbol fonts whose meaning matters in a form; 1 : 1.
_GLYPHS = {
    "wingdings": {
        0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "□", 0x72: "□", 0x75: "◆", 0xA8: "□", 0x77: "◆", 0x9F: "•", 0xA7: "▪",
        0xD8: "➢", 0xFB: "☒", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0xA1: "○", 0xA6: "○", 0xE8: "→", 0xE0: "→",
    },
    "wingdings 2": {
        0x4F: "☒", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "□", 0x2A: "□", 0x98: "●", 0xA2: "■",
    },
    "symbol": {0xB7: "·", 0xB4: "×", 0xB8: "÷", 0xA3: "≤", 0xB3: "≥", 0xB9: "≠", 0xB1: "±", 0xB0: "°", 0xD7: "·"},
    "webdings": {0x61: "✓", 0x63: "□", 0x67: "■", 0x72: "☒"},
}  # fmt: skip
_PRIVATE = re.compile("[\uf020-\uf0ff]")
_LINE_ENDS = str.maketrans("\n\r", "  ")  # inside w:t they are spaces to Word


class RunPiece(NamedTuple):
    """Text of one child of a run. `text` has the length of `child.text` for w:t (and m:t, whose run is an m:r)."""

    run: etree._Element
    child: etree._Element
    text: str


def run_pieces(paragraph: etree._Element) -> list[RunPiece]:
    """The visible text of a w:p in order: tracked insertions in, deletions, moved-away and hidden text out."""
    pieces: list[RunPiece] = []
    _collect(paragraph, pieces, [])
    return pieces


def is_on(value: str | None, *, absent: bool = True) -> bool:
    """An OOXML on/off value; an element without w:val is on."""
    return absent if value is None else value not in ("0", "false", "off", "none")


def chosen(alternate: etree._Element) -> etree._Element | None:
    """The one branch of mc:AlternateContent that counts: the first w:Choice with content, else the fallback."""
    branches = [branch for branch in alternate if len(branch)]
    choices = [branch for branch in branches if branch.tag == MC + "Choice"]
    return next(iter(choices or branches), None)


def is_hidden(run: etree._Element) -> bool:
    """Whether a run is formatted as hidden text."""
    formatting = run.find(RUN_FORMAT)
    vanish = None if formatting is None else formatting.find(W + "vanish")
    return vanish is not None and is_on(vanish.get(VAL))


def checkbox_glyph(text: str) -> str:
    """□ or ☑ where a list bullet is drawn as a box to tick, else nothing."""
    return "□" if text in ("□", "☐", "\uf0a8", "\uf06f", "\uf071", "\uf0a3") else ""


def _collect(parent: etree._Element, pieces: list[RunPiece], fields: list[bool]) -> None:
    """`fields`: for each open complex field, whether its result has begun."""
    for element in parent:
        tag = element.tag
        if tag == RUN:
            _collect_run(element, pieces, fields)
        elif tag in _SKIPPED or not len(element):
            continue
        elif tag == M + "r":
            pieces.extend(RunPiece(element, text, text.text) for text in element.iterfind(M + "t") if text.text)
        elif tag == ALTERNATE:
            if (branch := chosen(element)) is not None:
                _collect(branch, pieces, fields)
        elif tag == W + "sdt":
            _collect_control(element, pieces, fields)
        elif tag == _FRACTION:
            _collect_fraction(element, pieces, fields)
        else:
            _collect(element, pieces, fields)


def _collect_run(run: etree._Element, pieces: list[RunPiece], fields: list[bool]) -> None:
    children = list(run)
    if children and children[0].tag == RUN_FORMAT and is_hidden(run):
        return
    for child in children:
        tag = child.tag
        if tag in _TEXTS:
            text = child.text
            if text and all(fields):
                pieces.append(RunPiece(run, child, _cleaned(text, run)))
        elif tag == W + "fldChar":
            _follow_field(run, child, pieces, fields)
        elif tag in _WRITTEN:
            if all(fields) and (text := _WRITTEN[tag](child, pieces)):
                pieces.append(RunPiece(run, child, text))
        elif tag == ALTERNATE:
            if (branch := chosen(child)) is not None:
                _collect_alternative(run, branch, pieces, fields)
        elif tag == W + "ruby":
            _collect(child, pieces, fields)


_T = W + "t"
_TEXTS = (_T, W + "delText")  # the latter is seen where the text before the tracked changes is read


def _collect_alternative(
    run: etree._Element, branch: etree._Element, pieces: list[RunPiece], fields: list[bool]
) -> None:
    """Text directly in a branch inside a run, as newer Word writes emoji."""
    for child in branch:
        text = child.text or "" if child.tag == _T else ""
        if child.tag in _WRITTEN:
            text = _WRITTEN[child.tag](child, pieces)
        if text and all(fields):
            pieces.append(RunPiece(run, child, text))


def _collect_control(control: etree._Element, pieces: list[RunPiece], fields: list[bool]) -> None:
    """A content control; the mark of a check box comes from its state, not from the glyph that draws it."""
    content = control.find(W + "sdtContent")
    if content is None:
        return
    begin = len(pieces)
    _collect(content, pieces, fields)
    properties = control.find(W + "sdtPr")
    box = None if properties is None else properties.find(_CHECKBOX)
    if box is not None and len(pieces) > begin:
        state = box.find(W14 + "checked")
        mark = TICKED if state is not None and is_on(state.get(W14 + "val")) else UNTICKED
        first = pieces[begin]
        pieces[begin] = first._replace(text=mark + first.text[1:])


def _collect_fraction(fraction: etree._Element, pieces: list[RunPiece], fields: list[bool]) -> None:
    """A fraction in one line: numerator/denominator."""
    for part in fraction:
        if part.tag == _DENOMINATOR:
            pieces.append(RunPiece(fraction, part, "/"))
        _collect(part, pieces, fields)


def _follow_field(run: etree._Element, mark: etree._Element, pieces: list[RunPiece], fields: list[bool]) -> None:
    """Open, turn to the result of, or close a complex field; a form check box has no result but a state."""
    kind = mark.get(W + "fldCharType")
    if kind == "begin":
        box = mark.find(f"{W}ffData/{W}checkBox")
        if box is not None and all(fields):
            state = box.find(W + "checked")
            state = box.find(W + "default") if state is None else state
            on = state is not None and is_on(state.get(VAL))
            pieces.append(RunPiece(run, mark, TICKED if on else UNTICKED))
        fields.append(False)
    elif kind == "separate" and fields:
        fields[-1] = True
    elif kind == "end" and fields:
        fields.pop()


def _cleaned(text: str, run: etree._Element) -> str:
    if "\n" in text or "\r" in text:
        text = text.translate(_LINE_ENDS)
    if _PRIVATE.search(text):
        formatting = run.find(RUN_FORMAT)
        fonts = None if formatting is None else formatting.find(W + "rFonts")
        names = [] if fonts is None else [fonts.get(W + name, "") for name in ("ascii", "hAnsi", "eastAsia")]
        font = next((name for name in names if name.lower() in _GLYPHS), "")
        text = _PRIVATE.sub(lambda found: _glyph(font, ord(found[0])), text)
    return text


def _glyph(font: str, code: int) -> str:
    """What a symbol font draws; code points that no table knows stay as they are."""
    return _GLYPHS.get(font.lower(), {}).get(code & 0xFF if 0xF000 <= code <= 0xF0FF else code, chr(code))


def _symbol(element: etree._Element, pieces: list[RunPiece]) -> str:
    try:
        return _glyph(element.get(W + "font", ""), int(element.get(W + "char", ""), 16))
    except (ValueError, OverflowError):
        return ""


def _extended_symbol(element: etree._Element, pieces: list[RunPiece]) -> str:
    try:
        return chr(int(element.get(W16SE + "char", ""), 16))
    except (ValueError, OverflowError):
        return ""


def _break(element: etree._Element, pieces: list[RunPiece]) -> str:
    """A new line; a page or column break before any text only moves the paragraph."""
    return "\n" if pieces or element.get(W + "type") in (None, "textWrapping") else ""


_WRITTEN = {
    W + "tab": lambda element, pieces: "\t",
    W + "ptab": lambda element, pieces: "\t",
    W + "br": _break,
    W + "cr": lambda element, pieces: "\n",
    W + "noBreakHyphen": lambda element, pieces: "-",
    W + "sym": _symbol,
    W16SE + "symEx": _extended_symbol,
}
