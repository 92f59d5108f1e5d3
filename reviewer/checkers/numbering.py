"""Numbers of sibling provisions that leave a gap, come twice or run backwards; articles after the signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Level, Match, Provision, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled
from reviewer.understanding.labels import HARD, Style, label_of
from reviewer.understanding.numerals import to_chinese

_LONGEST_LEAP = 3  # from one item to the next
_MOST_FAULTS = 3  # in one list; more of them are a fault of the extraction, not of the author
_NEW_PAPER = compiled(r"现将[^\n]{0,80}(?:印发|发布|公布)|的(?:通知|公告|决定)\s*\n|\n各[^\n。]{2,30}：\s*\n")
_SEALS = compiled(
    r"(?:^|\n)[^\n。；，]{0,6}甲\s*方[^\n。；，]{0,40}(?:盖\s*章|签\s*章|公\s*章|签\s*字)[^\n。；，]{0,60}(?=\n|$)"
)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["gap", "repeat", "order", "after_signature"]
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if options.look == "after_signature":
        yield from _after_signature(draft, options)
        return
    for faults in draft.once("faults of numbering", lambda: tuple(_faulty(draft))):
        for kind, before, here in faults:
            span = Span(here.span.start, here.span.start + len(here.label.strip()) + _heading_end(draft, here))
            if kind == options.look and in_parts(draft, span, ()):
                missing = _missing(before, here) if kind == "gap" else ""
                values = {"前": before.label.strip(), "此": here.label.strip(), "缺": missing}
                because = f"“{values['前']}”之后是“{values['此']}”"
                yield Match(span, values, because, confidence=options.confidence)


def _faulty(draft: Draft) -> Iterator[list[tuple[str, Provision, Provision]]]:
    """The faults of each list that is wrong in so few places that its author is to blame."""
    for siblings in _lists(draft):
        faults = list(_faults(draft, siblings))
        if faults and len(faults) <= max(_MOST_FAULTS - 2, min(_MOST_FAULTS, len(siblings) // 4)):
            yield faults
    yield from _late_chapter(draft)


def _late_chapter(draft: Draft) -> Iterator[list[tuple[str, Provision, Provision]]]:
    """The articles begin before the first chapter that is named, and that one is 第二章."""
    for holder in _holders(draft):
        inside = [p for top in holder for p in top.walk()]
        chapters = [p for p in inside if (s := _style(draft, p)) and s[0] is Style.CHAPTER]
        articles = [p for p in inside if (s := _style(draft, p)) and s[0] is Style.ARTICLE]
        if not chapters or not articles or (chapters[0].number, articles[0].number) != (2, 1):
            continue
        if articles[0].span.start < chapters[0].span.start:
            yield [("gap", articles[0], chapters[0])]


def _heading_end(draft: Draft, provision: Provision) -> int:
    """A few words after the label, so that a person sees which one is meant."""
    rest = draft.folded[provision.span.start + len(provision.label.strip()) : provision.span.end]
    found = re.match(r"[ ]*[^\n。;,: ]{0,12}", rest)
    return found.end() if found else 0


def _style(draft: Draft, provision: Provision) -> tuple[Style, tuple[int, ...]] | None:
    known: dict[int, tuple[Style, tuple[int, ...]] | None] = draft.once("styles of labels", dict)
    start = provision.span.start
    if not provision.label:
        return None
    if start not in known:
        label = label_of(draft.folded, start)
        known[start] = (label[0], label[1]) if label else None
    return known[start]


def _lists(draft: Draft) -> Iterator[tuple[Provision, ...]]:
    """Provisions that count on from each other: articles through the chapters of a part, items under one parent."""
    for holder in _holders(draft):
        inside = [p for top in holder for p in top.walk()]
        for hard in (Style.CHAPTER, Style.ARTICLE):
            found = tuple(p for p in inside if (s := _style(draft, p)) and s[0] is hard)
            if len(found) > 1:
                yield found
        for children in (tuple(holder), *(p.children for p in inside)):
            yield from _by_style(draft, children)


def _holders(draft: Draft) -> Iterator[Sequence[Provision]]:
    """The main text, and each attachment or part with a numbering of its own."""
    own = [p for p in draft.provisions if p.level is not Level.PART]
    if own:
        yield own
    for part in draft.provisions:
        if part.level is Level.PART:
            yield part.children


def _by_style(draft: Draft, children: Sequence[Provision]) -> Iterator[tuple[Provision, ...]]:
    labelled = [(p, s) for p in children if (s := _style(draft, p)) is not None
                and s[0] not in (*HARD, Style.ALPHA)]  # fmt: skip
    for _, group in groupby(labelled, key=lambda item: (item[1][0], len(item[1][1]), item[1][1][:-1])):
        found = tuple(p for p, _ in group)
        if len(found) > 1:
            yield found


def _faults(draft: Draft, siblings: Sequence[Provision]) -> Iterator[tuple[str, Provision, Provision]]:
    swapped = misnumbered = -1
    for n, (before, here) in enumerate(pairwise(siblings)):
        if n == misnumbered:
            continue
        if n == swapped:  # 二、四、三、五: 四 after 二 was told, 三 after 四 says the same
            continue
        before = siblings[n - 1] if n == swapped + 1 and swapped >= 0 else before
        a, b = before.number, here.number
        if a is None or b is None or b == a + 1:
            continue
        following = siblings[n + 2].number if n + 2 < len(siblings) else None
        if a > 1 and following == a + 2 and any(p.number == b for p in siblings[: n + 1]):
            misnumbered = n + 1  # 九、一、十一: the one between has the wrong number, nothing is lost
            yield "repeat", before, here
        elif b == 1:  # a new list, unless the old one had only begun and goes on after it
            lead = draft.folded[before.span.start : here.span.start]
            anew = _NEW_PAPER.search(lead) or lead.rstrip().endswith(":")  # a list within an item of the other
            if a == 1 and following in (2, 3) and n == 0 and not anew:
                yield "repeat", before, here
        elif b == a:
            yield "repeat", before, here
        elif b > a + 1:
            if following == a + 1:
                swapped = n + 1
                yield "order", before, here
            elif _plausible(draft, before, here) and not _stands_between(draft, before, here):
                yield "gap", before, here
        elif any(p.number == b for p in siblings[: n + 1]):
            yield "repeat", before, here
        elif (style := _style(draft, here)) is not None and style[0] is not Style.DOTTED:
            yield "order", before, here


def _plausible(draft: Draft, before: Provision, here: Provision) -> bool:
    """Articles may be lost by the dozen; a list of items that leaps was not one list."""
    style = _style(draft, here)
    return style is not None and (style[0] in HARD or (here.number or 0) - (before.number or 0) <= _LONGEST_LEAP)


def _stands_between(draft: Draft, before: Provision, here: Provision) -> bool:
    """Is the missing number in the text after all, where the structure did not take it for a label?"""
    number = (before.number or 0) + 1
    words = rf"(?:{number}|{to_chinese(number)})"
    text = draft.folded[before.span.start + len(before.label) : here.span.start]
    style = _style(draft, before)
    if style is not None and style[0] is Style.DOTTED:
        return ".".join(map(str, (*style[1][:-1], number))) in text
    if re.search(r"\(略\)|[.…]{3,}|\d\s*[-—~至]\s*\d+\s*条", text):
        return True
    return re.search(rf"(?:^|[\s。;:,(]|\D\.)第?\s*{words}\s*(?:[.、)条章节]|\s)", text) is not None


def _missing(before: Provision, here: Provision) -> str:
    first, last = (before.number or 0) + 1, (here.number or 0) - 1
    pattern = before.label.strip()
    if "章" in here.label and "章" not in before.label:  # articles that begin before the first chapter
        first, pattern = 1, here.label.strip()
    written = re.sub(r"[\d零〇一二三四五六七八九十百]+", "{}", pattern, count=1)
    arabic = bool(re.search(r"\d", before.label))
    names = [written.format(n if arabic else to_chinese(n)).rstrip("、.．") for n in (first, last)]
    if "{}" not in written and len(pattern) == 1:  # ⑾ or ②, one character for the whole label
        names = [chr(ord(pattern) + n - (before.number or 0)) for n in (first, last)]
    return names[0] if first == last else f"{names[0]}至{names[1]}"


def _after_signature(draft: Draft, options: Options) -> Iterator[Match]:
    """Articles that go on after both parties have a place to sign."""
    seals = next((m for m in _SEALS.finditer(draft.folded) if "乙" in draft.folded[m.start() : m.end() + 200]), None)
    if seals is None:
        return
    articles = [p for p in draft.articles if (s := _style(draft, p)) and s[0] is Style.ARTICLE
                and not in_parts(draft, p.span, ("attachments",))]  # fmt: skip
    earlier = [p for p in articles if p.span.start < seals.start()]
    later = [p for p in articles if p.span.start > seals.end()]
    if earlier and later and later[0].number == (earlier[-1].number or 0) + 1:
        here = later[0]
        span = Span(here.span.start, here.span.start + len(here.label.strip()) + _heading_end(draft, here))
        label = here.label.strip()
        yield Match(span, {"此": label}, f"签章栏之后又有{label}", confidence=options.confidence)
