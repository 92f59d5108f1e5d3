"""Printed lines → paragraphs; running heads and page numbers set apart. Knows the habits of Chinese typesetting."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from reviewer.domain import LineBox, PageAnchor, Span, fold
from reviewer.readers.pdf_lines import Line, is_chinese

ZONE = 0.13  # of the page height, at the top and at the bottom, where running heads stand
RUNNING_LINES = 3  # at most so many at each end of a page
TITLE = 1.2  # times the size of the body
INDENT = 0.8  # character sizes; first lines are indented by two, rarely by one

_N = "[一二三四五六七八九十百零〇]+"
LABEL = re.compile(
    rf"第(?:{_N}|\d+)[编章节条款]|{_N}[、.．]|[（(](?:{_N}|\d{{1,3}})[)）]|\d{{1,3}}(?:\.\d{{1,3}})+(?![\d%％])"
    r"|\d{1,3}(?:[.．、](?!\d)|[)）])|[①-⑳㈠-㈩]|附件|[甲乙丙丁]方[:：（(]"
)
_PAGE_NUMBER = re.compile(
    r"[-—–－─·•~]*\d{1,4}[-—–－─·•~]*|第\d{1,4}页[,，/]?(?:共\d{1,4}页)?|共\d{1,4}页[,，/]?第\d{1,4}页"
    r"|\d{1,4}/\d{1,4}|\d{1,4}页|page\d{1,4}(?:of\d{1,4})?",
    re.IGNORECASE,
)
_ENDS = "。；：！？.;:!?"
_CLOSERS = "，。、；：！？）》」』】〉”’,.;:!?)%％]"
_OPENERS = "（《「『【〈“‘(["
_CONTENTS_ENTRY = re.compile(r"[.．…·]{3,}\s*[-\d\s]+$")
_FIELD = re.compile("[^：:]{1,12}[：:]")
_NUMBER = re.compile(rf"{_N}|\d+|[①-⑳㈠-㈩]")
_TOKEN = re.compile(r"[^\s\u2e80-\uffef]+")


class Frame(NamedTuple):
    """The text area of a column: its margins, the usual distance of its lines and the usual character size."""

    left: float
    right: float
    leading: float
    size: float


class Apart(NamedTuple):
    """What does not belong to the body: running heads and feet (each once), and the lines to leave out."""

    heads: list[Line]
    feet: list[Line]
    dropped: set[int]  # id() of lines


# ---------------------------------------------------------------- running heads, page numbers


def running(pages: Sequence[tuple[float, Sequence[Line]]]) -> Apart:
    """Running heads and feet of pages given as (height, lines): they repeat from page to page but for their digits."""
    ends = [(_end(lines, height, first=True), _end(lines, height, first=False)) for height, lines in pages]
    apart = Apart([], [], set())
    body = Counter(round(line.size) for _, lines in pages for line in lines)
    size = body.most_common(1)[0][0] if body else 0
    for side, kept in ((0, apart.heads), (1, apart.feet)):
        counts = Counter(key for pair in ends for key in {_key(line) for line in pair[side]})
        often = 2 if len(pages) <= 4 else 3
        seen: set[str] = set()
        for pair in ends:
            for line in pair[side]:
                key = _key(line)
                number = _PAGE_NUMBER.fullmatch(_squeezed(line)) is not None
                if not number and (counts[key] < often or line.size > TITLE * max(size, 1)):
                    break
                apart.dropped.add(id(line))
                if not number and key not in seen:
                    seen.add(key)
                    kept.append(line)
    return apart


def _end(lines: Iterable[Line], height: float, *, first: bool) -> list[Line]:
    """The outermost lines inside the zone of running heads (or feet), from the edge of the page inwards."""
    if first:
        return sorted((x for x in lines if x.bottom < ZONE * height), key=lambda x: x.top)[:RUNNING_LINES]
    return sorted((x for x in lines if x.top > (1 - ZONE) * height), key=lambda x: -x.top)[:RUNNING_LINES]


def _squeezed(line: Line) -> str:
    return "".join(fold(line.text).split())


def _key(line: Line) -> str:
    return re.sub(r"\d+", "0", _squeezed(line))


# ---------------------------------------------------------------- paragraphs


def frame_of(lines: Sequence[Line], width: float) -> Frame:
    """The text area that lines of one column, on pages of one width, were set in."""
    sizes = Counter[float]()
    for line in lines:
        sizes[round(line.size, 1)] += 1 + len(line.text) // 8
    size = sizes.most_common(1)[0][0]
    lefts = Counter(round(line.left / 3) * 3.0 for line in lines)
    common = [left for left, count in lefts.items() if count >= 0.1 * len(lines)]
    left = min(common) if common else min(lefts)
    right = _right_margin(lines, left, size)
    if not right or (len(lines) < 12 and lines[0].column == 0):
        right = max(right, width - 1.3 * max(left, 36.0))
    gaps = Counter(round(b.bottom - a.bottom) for a, b in pairwise(lines) if a.page == b.page and b.bottom > a.bottom)
    leading = float(gaps.most_common(1)[0][0]) if gaps else 1.5 * size
    return Frame(left, right, min(leading, 3.0 * size), size)


def _right_margin(lines: Sequence[Line], left: float, size: float) -> float:
    """The outermost place that many long lines reach: punctuation may hang over it, a table may run beyond it."""
    outermost = max(line.right for line in lines)
    long = sorted(
        (line for line in lines if line.right > left + 0.6 * (outermost - left)), key=lambda line: -line.right
    )
    rights = [line.right for line in long if line.text[-1] not in _CLOSERS] or [line.right for line in long]
    enough = max(2, round(0.15 * len(rights)))
    for first, last in zip(rights, rights[enough - 1 :], strict=False):
        if first - last < 0.8 * size:
            return first
    return 0.0


def continues(paragraph: Sequence[Line], line: Line, frame: Frame) -> bool:
    """Whether a line carries the paragraph on rather than starting another."""
    last = paragraph[-1]
    size = last.size
    told = line.size > size or len(line.text) > 2  # recognition makes one or two last characters smaller than they are
    if told and abs(line.size - size) > 0.15 * size and _has_chinese(line) and _has_chinese(last):
        return False
    beside = last.page != line.page or line.bottom < last.top
    if not beside and line.bottom - last.bottom > max(1.6 * frame.leading, 2.2 * size):
        return False
    room = frame.right - last.right
    if _CONTENTS_ENTRY.search(last.text) or _is_form(last.text, line.text, room / size):
        return False
    if len(paragraph) == 1 and last.left - frame.left > 0.35 * (frame.right - frame.left):
        return False  # set to the right: a signature or a date
    if room > first_unit(line) + 0.3 * size:
        return not beside and _is_title(last, frame) and _is_title(line, frame) and not LABEL.match(line.text)
    labelled = LABEL.match(line.text) is not None
    ended = last.text[-1] in _ENDS
    if ended and (labelled or room > 0.4 * size):
        return False
    if labelled and _same_series(paragraph[0].text, line.text):
        return False
    indented = 1.2 * size < last.left - frame.left < 2.8 * size and abs(line.left - last.left) < INDENT * size
    if ended and indented and len(paragraph) == 1:
        return False  # two first lines: the one above ends at the margin by chance
    return _in_position(paragraph, line, size, labelled)


def _in_position(paragraph: Sequence[Line], line: Line, size: float, labelled: bool) -> bool:
    """Whether the left edge of a line is that of a continuation; columns and pages may differ in theirs."""
    last = paragraph[-1]
    if line.column != last.column:
        return not labelled
    shift = line.left - last.left
    if len(paragraph) > 1:
        return abs(shift) <= INDENT * size or (shift < 0 and not labelled and last.page != line.page)
    if shift > INDENT * size:
        return LABEL.match(last.text) is not None and not labelled  # hanging indent
    return True


def cell_paragraphs(lines: Sequence[Line], left: float, right: float) -> Iterator[list[Line]]:
    """Lines of a table cell gathered into paragraphs; a line ends one where the next word would still have fitted."""
    current: list[Line] = []
    for line in lines:
        if current:
            last = current[-1]
            room = right - left - (last.right - last.left)
            short = room > first_unit(line) + 1.2 * last.size + 4.0
            label = LABEL.match(line.text) and (last.text[-1] in _ENDS or room > 2.5 * last.size)
            if short or label:
                yield current
                current = []
        current.append(line)
    if current:
        yield current


def first_unit(line: Line) -> float:
    """The width of what cannot be parted at the start of a line: a word, or a character with its punctuation."""
    text = line.text
    token = _TOKEN.match(text)
    end = token.end() if token else 1
    if not token and text[0] in _OPENERS:
        end = min(2, len(text))
    while end < len(text) and text[end] in _CLOSERS:
        end += 1
    return line.edges[end] - line.left


def _has_chinese(line: Line) -> bool:
    return any("\u3400" <= character <= "\u9fff" for character in line.text)


def _is_form(text: str, following: str, room: float) -> bool:
    """Whether a line with a wide gap is one of a form; a blank to fill in also leaves one inside running text."""
    if "\t" not in text or "\t" not in (rest := _unlabelled(text)):
        return False
    return room > 0.6 or "\t" in following or _FIELD.match(rest.rpartition("\t")[2]) is not None


def _same_series(first: str, line: str) -> bool:
    """Whether two labels are of one kind and different: 1. and 2.; 第三条 also stands in sentences."""
    one, other = LABEL.match(first), LABEL.match(line)
    if one is None or other is None or one.group() == other.group():
        return False
    if other.group().startswith("第") and not line[other.end() : other.end() + 1].isspace():
        return False
    return _NUMBER.sub("0", one.group()) == _NUMBER.sub("0", other.group())


def _unlabelled(text: str) -> str:
    label = LABEL.match(text)
    return text[label.end() :].lstrip() if label else text


def _is_title(line: Line, frame: Frame) -> bool:
    """Set larger than the body and in the middle: a title, whose lines belong together."""
    off = abs((line.left + line.right) - (frame.left + frame.right)) / 2
    return line.size >= TITLE * frame.size and off < 1.5 * line.size and line.text[-1] not in _ENDS


# ---------------------------------------------------------------- text and anchors


def joined(lines: Sequence[Line], *, boxes: bool = True) -> tuple[str, PageAnchor]:
    """The text of a paragraph and where it is printed (spans relative to that text)."""
    texts: list[str] = []
    found: list[LineBox] = []
    length = 0
    for i, line in enumerate(lines):
        text, edges = line.text, line.edges
        following = lines[i + 1].text if i + 1 < len(lines) else ""
        if text.endswith("-") and text[-2:-1].islower() and following[:1].islower():
            text, edges = text[:-1], edges[:-1]
        if boxes:
            span = Span(length, length + len(text))
            doubtful = tuple(i for i in line.doubtful if i < len(text))
            found.append(LineBox(span, line.page, line.top, line.bottom, edges, line.confidence, doubtful))
        if following and text == line.text and _spaced(text[-1], following[0]):
            text += " "
        texts.append(text)
        length += len(text)
    return "".join(texts), PageAnchor(lines[0].page, tuple(found))


def _spaced(last: str, first: str) -> bool:
    return (
        not is_chinese(last) and not is_chinese(first) and last not in "-/" and not (last.isdigit() and first.isdigit())
    )
