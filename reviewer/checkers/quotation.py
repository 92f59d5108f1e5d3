"""Words quoted beside a citation that differ from the text of the cited article.

The texts are those that the office imported, and the few that the rule brings. Punctuation, spaces, omissions (……) and
the number of the article do not count; a citation of an earlier version is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from reviewer.domain import Citation, Draft, Match, Span
from reviewer.laws import name_key
from reviewer.lexicon import Knowledge
from reviewer.understanding.citation_context import ended
from reviewer.understanding.numerals import to_chinese

SHOWN = 120
_UNIT = r"(?:第\s*[(]?[零〇一二三四五六七八九十百\d]+[)]?\s*[款项目])"
_AFTER = re.compile(
    rf"[》\s]*{_UNIT}*\s*(?:[(][^()“”]{{0,30}}[)])?\s*(?:的|中|之)?\s*(?:关于)?"
    r"(?P<lead>(?:明确|已经?|也|均|即|另)?(?:规定|要求|指出|载明|明确)了?(?:如下|的是)?|：)?\s*[:,]?\s*[“\"]"
)
_BEFORE = re.compile(r"[”\"]\s*[(]?\s*(?:见|详见|引自|参见|依据|出自)?\s*$")
_OMITTED = re.compile(r"…+|\.{3,}|·{3,}|\*{3,}|[×xX]{2,}|[(（]略[)）]|[\[［【][^\]］】]{0,12}[\]］】]")
_LABEL = re.compile(r"^第[零〇一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?")
_LONGEST = 400


class Text(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An article that the rule itself knows word for word."""

    law: str
    article: int
    text: str


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    texts: tuple[Text, ...] = ()
    least: int = 10  # letters of a quotation; shorter ones are terms
    likeness: float = 60.0  # of 100: less alike is no quotation of the article, unless it is said to be one
    confidence: float = 0.85


def literals(options: Options) -> frozenset[str] | None:
    """Always run: what it looks at are the citations of the draft, not words."""
    return None


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    own = _own_texts(options)
    for citation in draft.citations:
        if citation.article is None or citation.version or citation.kind in ("self", "document"):
            continue
        quoted = _quotation(draft.folded, citation)
        if quoted is None:
            continue
        span, said = quoted
        articles = _text_of(citation, own, knowledge.law_texts)
        written = articles.get(citation.article, "")
        if len(_letters(span.of(draft.folded))) < options.least or not written or ended(draft, citation):
            continue
        yield from _compared(draft, citation, span, said, articles, options)


def _own_texts(options: Options) -> dict[str, dict[int, str]]:
    own: dict[str, dict[int, str]] = {}
    for text in options.texts:
        own.setdefault(name_key(text.law), {})[text.article] = text.text
    return own


def _text_of(
    citation: Citation, own: Mapping[str, Mapping[int, str]], imported: Mapping[str, Mapping[int, str]]
) -> Mapping[int, str]:
    """The articles of the cited law: as imported, else those that the rule knows."""
    name = citation.law or citation.title
    return imported[name] if name in imported else own.get(name_key(name), {})


def _quotation(folded: str, citation: Citation) -> tuple[Span, bool] | None:
    """The quoted words beside a citation, and whether it says that they are its words (规定：“…”)."""
    if opened := _AFTER.match(folded, citation.span.end):
        closing = _closing(folded, opened.end())
        if closing > 0:
            return Span(opened.end(), closing), opened["lead"] is not None
    if closed := _BEFORE.search(folded, max(0, citation.span.start - 12), citation.span.start):
        start = folded.rfind("“", max(0, closed.start() - _LONGEST), closed.start()) + 1
        if start > 0 and "\n" not in folded[start : closed.start()] and folded.count("”", start, closed.start()) == 0:
            return Span(start, closed.start()), "(" in closed[0]
    return None


def _closing(folded: str, start: int) -> int:
    """Where the quotation that begins at `start` ends, 0 where it does not; quotations inside it are passed over."""
    depth = 1
    for at in range(start, min(len(folded), start + _LONGEST)):
        if folded[at] == "“":
            depth += 1
        elif folded[at] in ("”", '"'):
            depth -= 1
            if depth == 0:
                return at
    return 0


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _compared(
    draft: Draft, citation: Citation, span: Span, said: bool, articles: Mapping[int, str], options: Options
) -> Iterator[Match]:
    number = citation.article or 0
    written = articles[number]
    pieces = [p for p in map(_letters, _OMITTED.split(span.of(draft.folded))) if p]
    pieces[0] = _LABEL.sub("", pieces[0]) if pieces else ""
    if not any(pieces) or _holds(written, pieces):
        return
    name = citation.law or citation.title
    elsewhere = next((n for n, text in articles.items() if n != number and _holds(text, pieces)), None)
    passage, likeness = _closest(max(pieces, key=len), written)
    if elsewhere is None and likeness < options.likeness and not said:
        return
    here, right = f"第{to_chinese(number)}条", _short(_LABEL.sub("", passage).strip())
    if elsewhere is not None:
        there = f"第{to_chinese(elsewhere)}条"
        because = f"引文是《{name}》{there}的文字，{here}没有这些文字"
        contrast, instead = f"是{there}的文字", f"将条号改为{there}，或者改引{here}的文字"
    else:
        because = f"与《{name}》{here}的文字核对，{_difference(pieces, passage)}"
        contrast, instead = f"条文为“{right}”", f"按原文引用为“{right}”；只取大意的，去掉引号并改为转述"
    values = {"文件": name, "条号": here, "条文": right, "对照": contrast, "改法": instead}
    sure = options.confidence if likeness >= options.likeness or elsewhere is not None else options.confidence - 0.15
    yield Match(span, values, because, confidence=sure)


def _holds(written: str, pieces: list[str]) -> bool:
    """Do all pieces of a quotation stand in the text, in their order?"""
    text, at = _letters(written), 0
    for piece in pieces:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _closest(piece: str, written: str) -> tuple[str, float]:
    """The sentences of the article that come nearest to a piece, and how alike they are (0 to 100)."""
    from rapidfuzz import fuzz

    places = [i for i, c in enumerate(written) if c.isalnum()]
    letters = "".join(written[i] for i in places)
    if len(piece) > len(letters):
        return written, fuzz.ratio(piece, letters)
    found = fuzz.partial_ratio_alignment(piece, letters)
    if found is None or found.dest_end <= found.dest_start:
        return written, 0.0
    start, end = places[found.dest_start], places[min(found.dest_end, len(places)) - 1] + 1
    start = max((written.rfind(stop, 0, start) + 1 for stop in "。；\n　"), default=0)
    ends = [at + 1 for stop in "。；\n" if (at := written.find(stop, end - 1)) >= 0]
    return written[start : min(ends, default=len(written))].strip(), float(found.score)


def _difference(pieces: list[str], passage: str) -> str:
    """The first words that differ: 引文“可以”，条文“应当”."""
    from difflib import SequenceMatcher

    piece, written = max(pieces, key=len), _letters(passage)
    steps = [s for s in SequenceMatcher(None, piece, written, autojunk=False).get_opcodes() if s[0] != "equal"]
    inner = [s for s in steps if not (s[0] == "insert" and (s[1] in (0, len(piece))))] or steps
    if not inner:
        return "文字不同"
    _, a, b, c, d = inner[0]
    quoted, own = piece[max(0, a - 2) : b + 2], written[max(0, c - 2) : d + 2]
    return f"引文作“{quoted[:20]}”，条文为“{own[:20]}”"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words[:SHOWN] + ("……" if len(words) > SHOWN else "")
