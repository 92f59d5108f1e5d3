"""Citations grouped with their further articles; and those that name a document only to say that it ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.domain import Citation, Draft
from reviewer.laws import Law, LawCatalogue


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation with the further articles of its list."""

    first: Citation
    all: tuple[Citation, ...]
    law: Law | None

    @property
    def articles(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(c.article for c in self.all if c.article is not None))


def cited_in(draft: Draft, catalogue: LawCatalogue) -> tuple[Cited, ...]:
    """The laws that a draft cites, as `cited_laws` tells them."""
    return draft.once("cited laws", lambda: tuple(cited_laws(draft.citations, catalogue)))


def ended(draft: Draft, citation: Citation) -> bool:
    """Is a document of the draft cited only as one that ended?"""
    return draft.once(f"ended at {citation.span.start}", lambda: cited_as_ended(draft.folded, citation))


def cited_laws(citations: tuple[Citation, ...], catalogue: LawCatalogue) -> Iterator[Cited]:
    """Each cited law once a place, in the order of the text; without the draft itself and what is no document."""
    group: list[Citation] = []
    for citation in citations:
        if citation.kind == "listed" and group:
            group.append(citation)
            continue
        yield from _group(group, catalogue)
        group = [] if citation.kind in ("self", "document", "listed") else [citation]
    yield from _group(group, catalogue)


def _group(group: list[Citation], catalogue: LawCatalogue) -> Iterator[Cited]:
    if group:
        law = catalogue.find(group[0].law) if group[0].law else None
        yield Cited(group[0], tuple(group), law)


_BESIDE = re.compile(r"《[^《》]*》|\([^()]*\)|第?[零〇一二三四五六七八九十百千\d]+[条款项号]|[、,和及与\s\d.]")
_ENDED = re.compile(
    r"^(?:等|文件|规定|的?同时|予以|即行|自行|均|一并|现|现予|将|也|已经|已|自.{1,16}起){0,4}"
    r"(?:废止|失效|停止执行|停止使用|不再执行|不再适用)"
)
_ENDING = re.compile("[止效再代]")  # one of these is in all that says so
_REPLACED = re.compile(
    r"^\s*(?:\((?:已|现已|于)?.{0,12}(?:废止|失效|取代|替代)\)|(?:现)?已(?:经)?被?.{0,16}(?:废止|失效|取代|替代))"
)
_FORMER = re.compile(
    r"(?:(?<![因始])原|原来的|原有的?|旧|修订前的?|修改前的?|(?:被|已|经)?废止的?|失效的?|(?:当时|行为时|时)(?:有效|施行|适用|生效)的?"
    r"|废止|代替|替代|取代|不再适用|不再执行)\s*《?$"
)
_FORMERLY = re.compile(r"(?:当时|行为发生时|行为时|从旧兼从轻|新旧法律|法不溯及既往)[^。；]{0,20}$")
_REPEALING = ("废止", "失效", "清理", "停止执行")
_REPEALING_LIST = re.compile(rf"(?:{'|'.join(_REPEALING)})[^\n。]{{0,30}}[:：]\s*$")
_LONGEST_ITEM = 2_000  # characters of a line of such a list
_LIST_LINE = re.compile(r"\s*(?:[(（]?[一二三四五六七八九十\d]+[)）、.．]|《)")


def cited_as_ended(folded: str, citation: Citation) -> bool:
    """Is the document cited only as one that ended: 《X》同时废止, 原《X》, 根据当时有效的《X》?"""
    span = citation.span
    before = folded[max(0, span.start - 30) : span.start]
    if _FORMER.search(before) or _FORMERLY.search(before):
        return True
    after = re.split("[。;]", folded[span.end : span.end + 300], maxsplit=1)[0]
    if _ENDING.search(after) and (_REPLACED.match(after) or _ENDED.match(_BESIDE.sub("", after))):
        return True
    return _under_repealing_heading(folded, span.start)


def _under_repealing_heading(folded: str, start: int) -> bool:
    """A line of a list whose heading is 下列文件予以废止：."""
    line_start = folded.rfind("\n", max(0, start - _LONGEST_ITEM), start) + 1
    for _ in range(60):
        if line_start == 0:
            return False
        line_end = folded.find("\n", line_start)
        if not _LIST_LINE.match(folded, line_start, line_end if line_end >= 0 else len(folded)):
            return False
        previous = folded.rfind("\n", 0, line_start - 1) + 1
        heading = folded[previous : line_start - 1].rstrip()
        if heading.endswith((":", "：")) and _REPEALING_LIST.search(heading):
            return True
        line_start = previous
    return False
