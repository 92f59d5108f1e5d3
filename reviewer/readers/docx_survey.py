"""One walk over a part of a .docx → paragraph ordinals, text boxes, and the counts that the coverage receipt needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from reviewer.readers.docx_text import MC, RUN, W, chosen, is_hidden

if TYPE_CHECKING:
    from lxml import etree

_MARKUP = "{http://schemas.openxmlformats.org/drawingml/2006/"
_P, _BOX = W + "p", W + "txbxContent"
_COUNTED: Mapping[str, str] = {
    W + "ins": "insertions",
    W + "moveTo": "insertions",
    W + "del": "deletions",
    W + "moveFrom": "deletions",
    W + "commentReference": "comments",
    W + "altChunk": "chunks",
    W + "vanish": "hidden",
    _BOX: "boxes",
    _MARKUP + "main}blip": "images",
    _MARKUP + "chart}chart": "images",
    _MARKUP + "diagram}relIds": "images",
    "{urn:schemas-microsoft-com:vml}imagedata": "images",
}


class Survey(NamedTuple):
    """`ordinals`: place of each w:p among all of its part. `boxes`: text boxes by the paragraph that holds them."""

    ordinals: Mapping[etree._Element, int]
    boxes: Mapping[etree._Element, list[etree._Element]]


def survey(root: etree._Element, tally: Counter[str]) -> Survey:
    """Numbers the paragraphs, finds the text boxes, and adds what it counts to `tally`."""
    ordinals: dict[etree._Element, int] = {}
    boxes: dict[etree._Element, list[etree._Element]] = {}
    for element in root.iter(_P, *_COUNTED):
        if element.tag == _P:
            ordinals[element] = len(ordinals)
        elif _counts(element):
            counted = _COUNTED[element.tag]
            tally[counted] += 1
            if counted == "boxes" and (host := next(element.iterancestors(_P), None)) is not None:
                boxes.setdefault(host, []).append(element)
    return Survey(ordinals, boxes)


def _counts(element: etree._Element) -> bool:
    """Not a second copy for older programs, not deleted, and not a mere property of something else."""
    parent = element.getparent()
    if element.tag == W + "vanish":
        run = None if parent is None else parent.getparent()
        return run is not None and run.tag == RUN and is_hidden(run) and next(run.iter(W + "t"), None) is not None
    if parent is not None and parent.tag == W + "rPr":
        return False
    for branch in element.iterancestors(MC + "Fallback", MC + "Choice"):
        alternate = branch.getparent()
        if alternate is not None and chosen(alternate) is not branch:
            return False
    if element.tag == _BOX:
        return not is_deleted(element)
    return not (element.tag.endswith("imagedata") and next(element.iterancestors(W + "object"), None) is not None)


def is_deleted(element: etree._Element) -> bool:
    """Whether an element stands in text that a tracked change deletes or moves away."""
    return next(element.iterancestors(W + "del", W + "moveFrom"), None) is not None


def sentences(tally: Mapping[str, int]) -> Iterator[str]:
    """What was not read as plain text and has no count in `Contents` (the coverage receipt tells of those)."""
    if tally["macros"]:
        yield "文档带有宏，宏未运行，也未审查"
    if tally["chunks"]:
        yield f"文档引入了 {tally['chunks']} 段外来内容（altChunk），未审查；请在 Word 中另存后再审"
    if tally["hidden"]:
        yield f"文档有 {tally['hidden']} 处隐藏文字，打印时不出现，未审查"
