"""styles.xml and numbering.xml → the label that Word prints before a paragraph, and its heading level."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.readers.docx_numerals import printed
from reviewer.readers.docx_text import VAL, W, checkbox_glyph, is_on

if TYPE_CHECKING:
    from lxml import etree

_SUFFIXES = {"nothing": "", "space": " "}
_PLACE = re.compile("%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """One w:lvl: how a level of a list counts and looks."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "\t"
    restart: int | None = None  # counts again after this level (from 1); None: after any higher one
    legal: bool = False  # the numbers of all levels in decimal digits
    style: str = ""


@dataclass(frozen=True, slots=True)
class NumberedList:
    """One w:num: its levels, and the numbers that it starts again with on first use."""

    key: str
    abstract: str
    levels: Mapping[int, Level]
    restarts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says, what it is based on included."""

    list_id: str = ""
    level: int | None = None
    numbered_by: str = ""  # the style that names the list: its w:lvl may point back with w:pStyle
    outline: int = 0  # heading level from 1


@dataclass(frozen=True)
class Formatting:
    """Styles by id ("" is the default paragraph style) and lists by w:numId."""

    styles: Mapping[str, Style] = field(default_factory=dict)
    lists: Mapping[str, NumberedList] = field(default_factory=dict)


@dataclass(slots=True)
class Counters:
    """How far each list of one story (body, text boxes, a header …) has counted."""

    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)


def read_formatting(styles: etree._Element | None, numbering: etree._Element | None) -> Formatting:
    """What styles.xml and numbering.xml say; either may be missing."""
    by_id = {} if styles is None else dict(_styles(styles))
    return Formatting(by_id, {} if numbering is None else dict(_lists(numbering, by_id)))


# ---------------------------------------------------------------- styles


def _styles(root: etree._Element) -> Iterator[tuple[str, Style]]:
    elements = {e.get(W + "styleId", ""): e for e in root.iterfind(W + "style")}
    resolved: dict[str, Style] = {}
    for key, element in elements.items():
        style = _resolve(key, elements, resolved)
        yield key, style
        if element.get(W + "type") == "paragraph" and is_on(element.get(W + "default"), absent=False):
            yield "", style


def _resolve(key: str, elements: Mapping[str, etree._Element], resolved: dict[str, Style]) -> Style:
    """The style with what it inherits; chains that loop end where they meet themselves."""
    chain: dict[str, None] = {}
    while key in elements and key not in resolved and key not in chain:
        chain[key] = None
        key = _value(elements[key], "basedOn") or ""
    style = resolved.get(key, Style())
    for name in reversed(chain):
        style = resolved[name] = _own(name, elements[name], style)
    return style


def _own(name: str, element: etree._Element, base: Style) -> Style:
    properties = element.find(W + "pPr")
    if properties is None:
        return base
    outline = _value(properties, "outlineLvl")
    heading = base.outline if outline is None else outline_level(outline)
    numbering = properties.find(W + "numPr")
    if numbering is None:
        return Style(base.list_id, base.level, base.numbered_by, heading)
    list_id, level = _value(numbering, "numId"), _value(numbering, "ilvl")
    return Style(
        base.list_id if list_id is None else list_id,
        base.level if level is None else _integer(level, 0),
        name,
        heading,
    )


def outline_level(value: str) -> int:
    """w:outlineLvl (0 to 8; 9 is body text) → heading level from 1, 0 for body text."""
    level = _integer(value, 9)
    return level + 1 if 0 <= level <= 8 else 0


# ---------------------------------------------------------------- lists


def _lists(root: etree._Element, styles: Mapping[str, Style]) -> Iterator[tuple[str, NumberedList]]:
    abstracts = {e.get(W + "abstractNumId", ""): e for e in root.iterfind(W + "abstractNum")}
    numbers = {e.get(W + "numId", ""): e for e in root.iterfind(W + "num")}
    levels: dict[str, dict[int, Level]] = {}
    for key, number in numbers.items():
        abstract = _linked(_value(number, "abstractNumId") or "", abstracts, numbers, styles)
        if abstract not in levels:
            levels[abstract] = dict(_levels(abstracts[abstract])) if abstract in abstracts else {}
        own, restarts = dict(levels[abstract]), {}
        for override in number.iterfind(W + "lvlOverride"):
            index = _integer(override.get(W + "ilvl"), 0)
            own.update(_levels(override))
            if (start := _value(override, "startOverride")) is not None:
                restarts[index] = _integer(start, 1)
        yield key, NumberedList(key, abstract, own, restarts)


def _linked(
    key: str,
    abstracts: Mapping[str, etree._Element],
    numbers: Mapping[str, etree._Element],
    styles: Mapping[str, Style],
) -> str:
    """The abstract list itself, or the one that its w:numStyleLink leads to."""
    link = _value(abstracts[key], "numStyleLink") if key in abstracts else None
    if link is None:
        return key
    number = numbers.get(styles.get(link, Style()).list_id)
    target = None if number is None else _value(number, "abstractNumId")
    return target if target is not None and target in abstracts else key


def _levels(parent: etree._Element) -> Iterator[tuple[int, Level]]:
    for element in parent.iterfind(W + "lvl"):
        index = _integer(element.get(W + "ilvl"), 0)
        if not 0 <= index <= 8:  # Word has nine levels
            continue
        restart = _value(element, "lvlRestart")
        legal = element.find(W + "isLgl")
        yield (
            index,
            Level(
                start=_integer(_value(element, "start"), 0),
                format=_number_format(element),
                text=_value(element, "lvlText") or "",
                suffix=_SUFFIXES.get(_value(element, "suff") or "tab", "\t"),
                restart=None if restart is None else _integer(restart, 0),
                legal=legal is not None and is_on(legal.get(VAL)),
                style=_value(element, "pStyle") or "",
            ),
        )


def _number_format(level: etree._Element) -> str:
    """w:numFmt, also where newer Word wraps a custom format into mc:AlternateContent."""
    found = next(level.iter(W + "numFmt"), None)
    return "decimal" if found is None else found.get(VAL, "decimal")


def _value(parent: etree._Element, name: str) -> str | None:
    child = parent.find(W + name)
    return None if child is None else child.get(VAL)


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return otherwise if text is None else min(int(text), 1_000_000)
    except ValueError:
        return otherwise


# ---------------------------------------------------------------- paragraphs


def place_in_list(
    properties: etree._Element | None, style_id: str, formatting: Formatting
) -> tuple[NumberedList, int] | None:
    """The list and level that a paragraph belongs to by its own w:numPr or by its style."""
    style = formatting.styles.get(style_id, Style())
    numbering = None if properties is None else properties.find(W + "numPr")
    own = None if numbering is None else _value(numbering, "numId")
    list_id = style.list_id if own is None else own
    found = formatting.lists.get(list_id)
    if found is None:
        return None
    level = None if numbering is None else _value(numbering, "ilvl")
    if level is not None:
        return found, _integer(level, 0)
    if own is not None:
        return found, 0
    names = {style_id, style.numbered_by} - {""}
    by_style = (index for index, lvl in found.levels.items() if lvl.style in names)
    return found, next(by_style, style.level or 0)


def next_label(numbered: NumberedList, index: int, counters: Counters) -> str:
    """Counts one paragraph and gives its label with what follows it (第三条 and a tab); empty for plain bullets."""
    level = numbered.levels.get(index)
    if level is None:
        return ""
    counts = counters.counts.setdefault(numbered.abstract, {})
    for higher in range(index):  # a level that was passed over counts as begun
        if higher not in counts:
            counts[higher] = numbered.restarts.get(higher, numbered.levels.get(higher, Level()).start)
    first_use = (numbered.key, index) not in counters.begun
    counters.begun.add((numbered.key, index))
    if index not in counts or (first_use and index in numbered.restarts):
        counts[index] = numbered.restarts.get(index, level.start)
    else:
        counts[index] += 1
    for deeper in [k for k in counts if k > index and _starts_again(numbered.levels.get(k), index)]:
        del counts[deeper]
    label = _label(numbered, level, counts)
    return label + level.suffix if label else ""


def _starts_again(level: Level | None, after: int) -> bool:
    """Whether a paragraph of level `after` makes a deeper level begin anew; w:lvlRestart 0 never does."""
    return level is None or level.restart is None or after < level.restart


def _label(numbered: NumberedList, level: Level, counts: Mapping[int, int]) -> str:
    if level.format == "bullet":
        return checkbox_glyph(level.text)

    def number(place: re.Match[str]) -> str:
        index = int(place[1]) - 1
        other = numbered.levels.get(index, Level())
        value = counts.get(index, numbered.restarts.get(index, other.start))
        return printed(value, "decimal" if level.legal and other.format != "none" else other.format)

    return _PLACE.sub(number, level.text)
