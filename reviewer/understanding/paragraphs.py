"""款: the unnumbered paragraphs of an article, told apart where sentences end a line."""

from __future__ import annotations

import re

from reviewer.domain import Level
from reviewer.understanding.labels import Style
from reviewer.understanding.nesting import Node, walk
from reviewer.understanding.numerals import to_chinese
from reviewer.understanding.structure import Outline


def split_paragraphs(article: Node, outline: Outline, contract: bool) -> None:
    """款 are the unnumbered paragraphs of an article; one alone is not counted."""
    if contract and any(c.level is Level.PARAGRAPH or c.style is Style.DUN for c in article.children):
        return
    starts, ends = _paragraphs(article, outline)
    if len(starts) < 2:
        return
    children, article.children = article.children, []
    for number, (start, stop) in enumerate(zip(starts, [*ends, article.end], strict=True), 1):
        end = starts[number] if number < len(starts) else article.end
        path = f"{article.path}第{to_chinese(number)}款"
        paragraph = Node(Level.PARAGRAPH, number, "", "", start, stop, None, path=path, line=article.line)
        paragraph.children = [c for c in children if start <= c.start < end]
        for child in paragraph.children:
            child.end = min(child.end, paragraph.end)
            for inner in walk(child.children):
                inner.end = min(inner.end, paragraph.end)
        article.children.append(paragraph)


def _paragraphs(article: Node, outline: Outline) -> tuple[list[int], list[int]]:
    """Starts of the 款 of an article, and ends of all but the last."""
    starts, ends = [article.start], []
    kids = article.children
    labelled = {n.line for n in walk(kids)}
    following = 0  # index of the first child after the line
    for i in range(article.line + 1, len(outline.lines)):
        line = outline.lines[i]
        if line.start >= article.end:
            break
        while following < len(kids) and kids[following].start < line.start:
            following += 1
        if i in labelled or line.table or line.aside:
            continue
        before = kids[following - 1] if following else None
        after = kids[following] if following < len(kids) else None
        inside = before and after and after.style is before.style and after.number == (before.number or 0) + 1
        previous = outline.lines[i - 1]
        if inside or (before and before.heading and before.line == i - 1 and not re.search(r"[。;]", previous.text)):
            continue
        if re.search(r"[。!?][”’」』)]*$", previous.text) or (previous.text[-1] == ")" and "。" in previous.text[-30:]):
            starts.append(line.start)
            ends.append(previous.end)
    return starts, ends
