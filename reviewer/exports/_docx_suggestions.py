"""A finding with an exact rewording → a tracked deletion of its words and a tracked insertion of the new ones."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple

from reviewer.exports._docx_ranges import SPACE, TEXT, Point
from reviewer.readers.docx_text import RUN, RUN_FORMAT, W, run_pieces

if TYPE_CHECKING:
    from lxml import etree

_SIMPLE = frozenset((TEXT, RUN_FORMAT))


class Suggestion(NamedTuple):
    """The runs that hold exactly the words to replace, and the new words."""

    runs: tuple[etree._Element, ...]
    text: str


def suggestion_for(start: Point, end: Point, text: str) -> Suggestion | None:
    """The suggestion for a range whose ends are boundaries of runs; None where it is more than plain words.

    Words inside links, fields or earlier tracked changes are left to the comment.
    """
    if start.paragraph is not end.paragraph or start.offset >= end.offset:
        return None
    runs: dict[etree._Element, None] = {}
    offset = 0
    for piece in run_pieces(start.paragraph):
        inside = start.offset <= offset and offset + len(piece.text) <= end.offset
        if inside and piece.text:
            runs[piece.run] = None
        elif offset < end.offset and offset + len(piece.text) > start.offset:
            return None  # a piece that could not be split
        offset += len(piece.text)
    plain = all(
        run.tag == RUN and run.getparent() is start.paragraph and all(child.tag in _SIMPLE for child in run)
        for run in runs
    )
    return Suggestion(tuple(runs), text) if runs and plain else None


def suggest(suggestion: Suggestion, number: int, author: str, date: str) -> bool:
    """Write it with the ids `number` and the following ones; False where another one has taken the words already."""
    from lxml import etree

    runs = suggestion.runs
    parents = [run.getparent() for run in runs]
    if any(parent is None or parent.tag == W + "del" for parent in parents):
        return False
    for i, run in enumerate(runs):
        deletion = etree.Element(W + "del", _attributes(number + i, author, date))
        run.addprevious(deletion)
        deletion.append(run)
        for text in run.findall(TEXT):
            text.tag = W + "delText"
            text.set(SPACE, "preserve")
    if suggestion.text:
        insertion = etree.Element(W + "ins", _attributes(number + len(runs), author, date))
        written = etree.SubElement(insertion, RUN)
        formatting = runs[0].find(RUN_FORMAT)
        if formatting is not None:
            written.append(copy.deepcopy(formatting))
        etree.SubElement(written, TEXT, {SPACE: "preserve"}).text = suggestion.text
        last = runs[-1].getparent()
        assert last is not None
        last.addnext(insertion)
    return True


def first_free_number(body: etree._Element) -> int:
    """An id above those of all tracked changes and comments of the part."""
    used = (element.get(W + "id", "") for element in body.iter() if isinstance(element.tag, str))
    return max((int(identity) for identity in used if identity.isdigit() and len(identity) < 9), default=0) + 1


def _attributes(number: int, author: str, date: str) -> dict[str, str]:
    return {W + "id": str(number), W + "author": author, W + "date": date}
