"""Lines of plain text that was broken at a fixed width → whole paragraphs, so that a sentence stands on one line.

Only a text with many full lines of one width is taken for broken; a line is joined with the next one when it is full
and ends in mid-sentence, and when the next one begins no paragraph, numbered clause or table row of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from reviewer.columns import columns

_LEAST_WIDTH = 56  # columns; an ideograph is two
_LEAST_LINES = 6  # full lines of one width that end in mid-sentence
_SLACK = 4  # columns by which full lines differ, where a mark may not begin a line
_MOST_LONGER = 0.04  # share of lines that may be longer than a full one
_END = tuple("。；：！？;:!?.．…")
_FRAME = "│┃|｜┌├└┬┴┼─━═┐┤┘╔║╚"
_COLUMNS_APART = re.compile(r"[ 　\t]{4,}")
_OF_ITS_OWN = re.compile(
    r"[\s　]|第[一二三四五六七八九十百\d０-９]{1,4}[条章节款]|[一二三四五六七八九十]{1,3}[、．.，]"
    r"|[（(][一二三四五六七八九十\d０-９]{1,3}[）)]|[\d０-９]{1,2}(?:[．.][\d０-９]{1,2})*[、．.　 ]|[①-⑳⑴-⒛*●■◆·—-]"
    r"|(?:甲|乙|丙)方[:：(（]|附件?[:：一二三\d]"
)


def paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """The lines, those of one broken paragraph made one; a text that is not broken comes back as it is."""
    full = _full_width(lines)
    if full is None:
        yield from lines
        return
    held: list[str] = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        held.append(line)
        if _goes_on(line, after, full):
            continue
        yield "".join(held)
        held = []


def _full_width(lines: Sequence[str]) -> int | None:
    """The width at which the lines were broken, None when they were not."""
    widths = [_width(line) for line in lines if line.strip() and not _framed(line)]
    open_ended = Counter(
        _width(line) for line in lines if line.strip() and not _framed(line) and not line.rstrip().endswith(_END)
    )
    wide = {w: n for w, n in open_ended.items() if w >= _LEAST_WIDTH}
    if not wide:
        return None
    full = max(wide, key=lambda w: (wide[w], w))
    near = sum(n for w, n in wide.items() if abs(w - full) <= _SLACK)
    longer = sum(w > full + _SLACK for w in widths)
    return full if near >= _LEAST_LINES and longer <= max(1, _MOST_LONGER * len(widths)) else None


def _goes_on(line: str, after: str, full: int) -> bool:
    if abs(_width(line) - full) > _SLACK or _framed(line) or _framed(after) or not after.strip():
        return False
    return not line.rstrip().endswith(_END) and line == line.rstrip() and _OF_ITS_OWN.match(after) is None


def _framed(line: str) -> bool:
    """A row of a drawn table, or a line of a form with columns side by side."""
    words = line.strip()
    return any(sign in _FRAME for sign in words[:1] + words[-1:]) or _COLUMNS_APART.search(words) is not None


def _width(line: str) -> int:
    return columns(line.rstrip())
