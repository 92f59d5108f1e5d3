"""The tree of provisions: labels of an outline → 编 章 节 条 款 项 目, each spanning its children.

An attachment, a 第一部分 or a further body in the same file is a node of level 编 that holds its own numbering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reviewer.domain import Level, Provision, Span, fold
from reviewer.understanding.labels import HARD, Mark, Style, TextLine, heading_after
from reviewer.understanding.numerals import to_chinese
from reviewer.understanding.structure import Outline, body_end, body_titles


@dataclass(slots=True)
class _Node:
    """A provision while its tree is being built."""

    level: Level
    number: int | None
    label: str
    heading: str
    start: int
    end: int
    style: Style | None
    numbers: tuple[int, ...] = ()
    unit: str = ""
    path: str = ""
    line: int = 0
    children: list[_Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of lines with a numbering of its own."""

    first: int
    last: int  # exclusive
    holder: _Node | None = None
    prefix: str = ""


def provisions_of(
    outline: Outline, text: str, signature: tuple[int, int] | None, *, contract: bool
) -> tuple[Provision, ...]:
    """Every top-level provision in the order of the text."""
    tops: list[_Node] = []
    for segment in _segments(outline, signature):
        roots = _tree(outline, segment, text, contract)
        if segment.holder is not None:
            segment.holder.children = roots
            roots = [segment.holder]
        tops.extend(roots)
    return tuple(_frozen(node) for node in tops)


def _frozen(node: _Node) -> Provision:
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
        node = _Node(
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
            _Node(Level.PART, item.number, item.label, heading, *span, None, path=item.label, line=item.line),
            item.label,
        )


def _heading_below(lines: Sequence[TextLine], first: int, last: int) -> str:
    for line in lines[first + 1 : min(first + 3, last)]:
        if len(line.text) <= 60 and not line.table and not re.search(r"[。;,]", line.text):
            return line.text
    return ""


# ---------------------------------------------------------------- nesting


def _tree(outline: Outline, segment: _Segment, text: str, contract: bool) -> list[_Node]:
    marks = [m for m in outline.marks if segment.first <= m.line < segment.last]
    if not marks:
        return []
    outer_dun = _dun_outside(marks)
    limit = outline.lines[segment.last - 1].end
    roots: list[_Node] = []
    stack: list[_Node] = []
    for i, mark in enumerate(marks):
        depth = _depth(stack, mark, marks, i, outer_dun)
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


def _dun_outside(marks: Sequence[Mark]) -> bool:
    """一、 groups articles (一、总则 第一条 … 二、 … 第三条) instead of standing inside them."""
    duns = [m for m in marks if m.style is Style.DUN]
    articles = [m for m in marks if m.style is Style.ARTICLE]
    if not duns or not articles or duns[0].start > articles[0].start:
        return False
    numbers = [m.number for m in duns]
    return numbers == sorted(set(numbers))


def _rank(style: Style, outer_dun: bool) -> float:
    return 2.5 if outer_dun and style is Style.DUN else float(style)


def _depth(stack: Sequence[_Node], mark: Mark, marks: Sequence[Mark], index: int, outer_dun: bool) -> int:
    """How many open provisions the new one stands inside."""
    if mark.style is Style.DOTTED:
        return _dotted_depth(stack, mark)
    rank = _rank(mark.style, outer_dun)
    if mark.style in HARD or mark.style is Style.DUN:
        return next(
            (d for d, n in enumerate(stack) if n.style is not None and _rank(n.style, outer_dun) >= rank), len(stack)
        )
    same = [d for d, n in enumerate(stack) if n.style is mark.style]
    for depth in reversed(same):
        if stack[depth].numbers[-1] == mark.number - 1:
            return depth
    if mark.number != 1 or same:
        if same:
            return same[-1]
        return next((d for d, n in enumerate(stack) if n.style is not None and n.style > mark.style), len(stack))
    return _first_of_list(stack, mark, marks, index)


def _first_of_list(stack: Sequence[_Node], mark: Mark, marks: Sequence[Mark], index: int) -> int:
    """A list that begins: inside the open provision, unless that one's own list never goes on after it."""
    depth = len(stack)
    while depth:
        top = stack[depth - 1]
        if top.style is None or top.style in HARD or top.style is Style.DUN or top.style < mark.style:
            return depth
        following = next((m for m in marks[index + 1 :] if m.style is top.style or m.style <= Style.DUN), None)
        if following is not None and following.style is top.style and following.number == top.numbers[-1] + 1:
            return depth
        depth -= 1
    return depth


def _dotted_depth(stack: Sequence[_Node], mark: Mark) -> int:
    """1.2.3 stands inside 1.2; 1.2 inside 1, 第一条 or 一、; else inside what is open and not decimal."""
    for depth in range(len(stack), 0, -1):
        node = stack[depth - 1]
        if node.style is Style.DOTTED and node.numbers == mark.numbers[:-1]:
            return depth
        holds = node.style in (Style.BARE, Style.DOT, Style.ARTICLE, Style.DUN, Style.CHAPTER)
        if holds and len(mark.numbers) == 2 and node.numbers[-1] == mark.numbers[0]:
            return depth
    siblings = [d for d, n in enumerate(stack) if n.style is Style.DOTTED and len(n.numbers) == len(mark.numbers)]
    if siblings:
        return siblings[0]
    return next(
        (
            d
            for d, n in enumerate(stack)
            if n.style in (Style.DOTTED, Style.BARE, Style.DOT, Style.PAREN, Style.HALF, Style.CIRCLED)
        ),
        len(stack),
    )


_LEVELS = {
    Style.PART: Level.PART,
    Style.CHAPTER: Level.CHAPTER,
    Style.SECTION: Level.SECTION,
    Style.ARTICLE: Level.ARTICLE,
}
_ORDER = (Level.ARTICLE, Level.PARAGRAPH, Level.ITEM, Level.POINT)


def _level(mark: Mark, parent: _Node | None, contract: bool) -> Level:
    if mark.style in _LEVELS:
        return _LEVELS[mark.style]
    if parent is None or parent.level not in _ORDER:
        return Level.ARTICLE
    if parent.style is Style.DUN and mark.style is Style.ARTICLE:
        return Level.ARTICLE
    if mark.unit == "款":
        return Level.PARAGRAPH
    step = _ORDER[min(_ORDER.index(parent.level) + 1, 3)]
    listed = mark.style in (Style.CN_PAREN, Style.ORDINAL, Style.PAREN, Style.HALF, Style.CIRCLED, Style.ALPHA)
    if step is Level.PARAGRAPH and (listed or not contract):
        return Level.ITEM
    return step


def _node(
    mark: Mark, outline: Outline, text: str, parent: _Node | None, contract: bool, limit: int, following: Mark | None
) -> _Node:
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
    level = _level(mark, parent, contract)
    return _Node(
        level, mark.number, label, heading, mark.start, limit, mark.style, mark.numbers, mark.unit, "", mark.line
    )


def _heading_with_stop(words: str, outline: Outline, mark: Mark) -> str:
    """（一）指导思想。 over paragraphs of its own is a heading, although it ends like a sentence."""
    short = re.fullmatch(r"\s*([^。;,、:]{2,14})。\s*", words)
    below = outline.lines[mark.line + 1].text if mark.line + 1 < len(outline.lines) else ""
    return short[1].strip() if short and len(below) > 30 else ""


def _trim(node: _Node, text: str) -> None:
    node.end = node.start + len(text[node.start : node.end].rstrip())
    for child in node.children:
        _trim(child, text)


# ---------------------------------------------------------------- paths and 款


def _paths(roots: Sequence[_Node], prefix: str, outline: Outline, contract: bool) -> None:
    restarts = _articles_restart(roots)
    for node in roots:
        _path(node, prefix, prefix, restarts, outline, contract)


def _walk(nodes: Sequence[_Node]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


def _articles_restart(roots: Sequence[_Node]) -> bool:
    numbers = [n.number for n in _walk(roots) if n.style is Style.ARTICLE]
    return len(numbers) - len(set(numbers)) > 2 and any(n.style is Style.PART for n in roots)


def _path(node: _Node, prefix: str, base: str, restarts: bool, outline: Outline, contract: bool) -> None:
    """`prefix` is the path of the parent; `base` that of the numbering the node belongs to."""
    counted = prefix.endswith(("条", "款", "项", "目"))
    if node.style is Style.ARTICLE:
        node.path = (prefix if restarts else base) + node.label.rstrip(":、.")
        _split_paragraphs(node, outline, contract)
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


def _step(node: _Node, counted: bool) -> str:
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


def _split_paragraphs(article: _Node, outline: Outline, contract: bool) -> None:
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
        paragraph = _Node(Level.PARAGRAPH, number, "", "", start, stop, None, path=path, line=article.line)
        paragraph.children = [c for c in children if start <= c.start < end]
        for child in paragraph.children:
            child.end = min(child.end, paragraph.end)
            for inner in _walk(child.children):
                inner.end = min(inner.end, paragraph.end)
        article.children.append(paragraph)


def _paragraphs(article: _Node, outline: Outline) -> tuple[list[int], list[int]]:
    """Starts of the 款 of an article, and ends of all but the last."""
    starts, ends = [article.start], []
    kids = article.children
    labelled = {n.line for n in _walk(kids)}
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
