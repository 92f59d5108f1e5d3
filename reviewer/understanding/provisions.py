"""The tree of provisions: labels of an outline → 编 章 节 条 款 项 目, each spanning its children.

An attachment, a 第一部分 or a further body in the same file is a node of level 编 that holds its own numbering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.domain import Level, Provision, Span, fold
from reviewer.understanding.headings import heading_after
from reviewer.understanding.labels import HARD, Mark, Style
from reviewer.understanding.lines import TextLine
from reviewer.understanding.nesting import Node, depth_of, dun_outside, level_of, walk
from reviewer.understanding.paragraphs import split_paragraphs
from reviewer.understanding.structure import Outline, body_end, body_titles


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of lines with a numbering of its own."""

    first: int
    last: int  # exclusive
    holder: Node | None = None
    prefix: str = ""


def provisions_of(
    outline: Outline, text: str, signature: tuple[int, int] | None, *, contract: bool
) -> tuple[Provision, ...]:
    """Every top-level provision in the order of the text."""
    tops: list[Node] = []
    for segment in _segments(outline, signature):
        roots = _tree(outline, segment, text, contract)
        if segment.holder is not None:
            segment.holder.children = roots
            roots = [segment.holder]
        tops.extend(roots)
    return tuple(_frozen(node) for node in tops)


def _frozen(node: Node) -> Provision:
    children = tuple(_frozen(c) for c in node.children)
    return Provision(node.level, node.number, node.label, node.heading, Span(node.start, node.end), node.path, children)


# ---------------------------------------------------------------- segments


def _segments(outline: Outline, signature: tuple[int, int] | None) -> Iterator[_Segment]:
    lines = outline.lines
    start = outline.body_start
    if outline.title is not None and outline.body_title is not None:
        yield _Segment(outline.title.last + 1, start, None, "通知")
    end = body_end(outline, signature)
    further = [b for b in body_titles(outline) if start < b[0] < end]
    cuts = [start, *(b[0] for b in further), end]
    yield _Segment(cuts[0], cuts[1])
    for (first, title), last in zip(further, cuts[2:], strict=True):
        node = Node(
            Level.PART, None, "", title, lines[first].start, lines[last - 1].end, None, path=f"《{title}》", line=first
        )
        yield _Segment(first, last, node, node.path)
    starts = [a.line for a in outline.attachments] + [len(lines)]
    for item, last in zip(outline.attachments, starts[1:], strict=True):
        heading = item.heading or _heading_below(lines, item.line, last)
        span = lines[item.line].start, lines[last - 1].end
        yield _Segment(
            item.line + 1,
            last,
            Node(Level.PART, item.number, item.label, heading, *span, None, path=item.label, line=item.line),
            item.label,
        )


def _heading_below(lines: Sequence[TextLine], first: int, last: int) -> str:
    for line in lines[first + 1 : min(first + 3, last)]:
        if len(line.text) <= 60 and not line.table and not re.search(r"[。;,]", line.text):
            return line.text
    return ""


# ---------------------------------------------------------------- nesting


def _tree(outline: Outline, segment: _Segment, text: str, contract: bool) -> list[Node]:
    marks = [m for m in outline.marks if segment.first <= m.line < segment.last]
    if not marks:
        return []
    outer_dun = dun_outside(marks)
    limit = outline.lines[segment.last - 1].end
    roots: list[Node] = []
    stack: list[Node] = []
    for i, mark in enumerate(marks):
        depth = depth_of(stack, mark, marks, i, outer_dun)
        for closed in stack[depth:]:
            closed.end = mark.start
        del stack[depth:]
        parent = stack[-1] if stack else None
        node = _node(mark, outline, text, parent, contract, limit, marks[i + 1] if i + 1 < len(marks) else None)
        (parent.children if parent else roots).append(node)
        stack.append(node)
    for root in roots:
        _trim(root, text)
    _paths(roots, segment.prefix, outline, contract)
    return roots


def _node(
    mark: Mark, outline: Outline, text: str, parent: Node | None, contract: bool, limit: int, following: Mark | None
) -> Node:
    line = outline.lines[mark.line]
    stop = min(line.end, following.start) if following else line.end
    words = line.text[mark.end - line.start : stop - line.start]
    heading = heading_after(words, mark.style)
    if not heading and (not following or following.line > mark.line + 1):
        heading = _heading_with_stop(words, outline, mark)
    label = (
        re.sub(r"[【\s]", "", text[mark.start : mark.end])
        if mark.style in HARD
        else text[mark.start : mark.end].strip()
    )
    if (
        not words.strip()
        and mark.style in (Style.PART, Style.CHAPTER, Style.SECTION)
        and (not following or following.line > mark.line + 1)
    ):
        below = outline.lines[mark.line + 1].text if mark.line + 1 < len(outline.lines) else ""
        heading = below if len(below) <= 30 and not re.search(r"[。;,:]", below) else ""
    level = level_of(mark, parent, contract)
    return Node(
        level, mark.number, label, heading, mark.start, limit, mark.style, mark.numbers, mark.unit, "", mark.line
    )


def _heading_with_stop(words: str, outline: Outline, mark: Mark) -> str:
    """（一）指导思想。 over paragraphs of its own is a heading, although it ends like a sentence."""
    short = re.fullmatch(r"\s*([^。;,、:]{2,14})。\s*", words)
    below = outline.lines[mark.line + 1].text if mark.line + 1 < len(outline.lines) else ""
    return short[1].strip() if short and len(below) > 30 else ""


def _trim(node: Node, text: str) -> None:
    node.end = node.start + len(text[node.start : node.end].rstrip())
    for child in node.children:
        _trim(child, text)


# ---------------------------------------------------------------- paths and 款


def _paths(roots: Sequence[Node], prefix: str, outline: Outline, contract: bool) -> None:
    restarts = _articles_restart(roots)
    for node in roots:
        _path(node, prefix, prefix, restarts, outline, contract)


def _articles_restart(roots: Sequence[Node]) -> bool:
    numbers = [n.number for n in walk(roots) if n.style is Style.ARTICLE]
    return len(numbers) - len(set(numbers)) > 2 and any(n.style is Style.PART for n in roots)


def _path(node: Node, prefix: str, base: str, restarts: bool, outline: Outline, contract: bool) -> None:
    """`prefix` is the path of the parent; `base` that of the numbering the node belongs to."""
    counted = prefix.endswith(("条", "款", "项", "目"))
    if node.style is Style.ARTICLE:
        node.path = (prefix if restarts else base) + node.label.rstrip(":、.")
        split_paragraphs(node, outline, contract)
    elif node.style is Style.DOTTED:
        label = re.sub(r"\s", "", fold(node.label)).rstrip(".、:")
        node.path = f"{base} {label}" if base[-1:].isdigit() and label[:1].isdigit() else base + label
    elif node.level in (Level.PART, Level.CHAPTER, Level.SECTION):
        node.path = prefix + node.label
        base = node.path if node.style is Style.PART and node.unit == "部分" else base
    elif node.style is not None:
        step = _step(node, counted)
        node.path = f"{prefix} {step}" if prefix[-1:].isdigit() and step[:1].isdigit() else prefix + step
    for child in node.children:
        _path(child, node.path, base, restarts, outline, contract)


def _step(node: Node, counted: bool) -> str:
    """第（一）项 inside an article that is called 第X条; the label as written elsewhere."""
    label = re.sub(r"\s", "", node.label).translate({ord("("): "（", ord(")"): "）"})
    if not counted or node.level not in (Level.PARAGRAPH, Level.ITEM, Level.POINT) or node.style is Style.DUN:
        return label
    name = label.rstrip("、.．:") if node.style in (Style.CN_PAREN, Style.PAREN) else str(node.number)
    if node.style is Style.ORDINAL:
        return label.rstrip(",，、:：")
    if node.style in (Style.CIRCLED, Style.ALPHA, Style.HALF):
        return label
    return f"第{name}{node.level.value}"
