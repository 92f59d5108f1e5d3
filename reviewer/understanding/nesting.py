"""Which provision stands inside which: a label, and the provisions still open before it → how deep it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reviewer.domain import Level
from reviewer.understanding.labels import HARD, Mark, Style


@dataclass(slots=True)
class Node:
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
    children: list[Node] = field(default_factory=list)


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from walk(node.children)


def dun_outside(marks: Sequence[Mark]) -> bool:
    """一、 groups articles (一、总则 第一条 … 二、 … 第三条) instead of standing inside them."""
    duns = [m for m in marks if m.style is Style.DUN]
    articles = [m for m in marks if m.style is Style.ARTICLE]
    if not duns or not articles or duns[0].start > articles[0].start:
        return False
    numbers = [m.number for m in duns]
    return numbers == sorted(set(numbers))


def _rank(style: Style, outer_dun: bool) -> float:
    return 2.5 if outer_dun and style is Style.DUN else float(style)


def depth_of(stack: Sequence[Node], mark: Mark, marks: Sequence[Mark], index: int, outer_dun: bool) -> int:
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


def _first_of_list(stack: Sequence[Node], mark: Mark, marks: Sequence[Mark], index: int) -> int:
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


def _dotted_depth(stack: Sequence[Node], mark: Mark) -> int:
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


def level_of(mark: Mark, parent: Node | None, contract: bool) -> Level:
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
