"""What every search for citations shares: the words that lead to a name, one pass over a draft, its articles."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from reviewer.domain import Citation, Span
from reviewer.laws import LawCatalogue
from reviewer.understanding.citation_tails import Tail

LEAD = "根据|依据|按照|依照|遵照|违反|违背|适用|符合|遵守|执行|参照|比照|触犯"
LEADS = re.compile(rf"(?:{LEAD})(?:了|《)?(?:我国|国家|现行|有关|上述|原)?(?:的)?")


@dataclass(slots=True)
class Pass:
    """One pass over a draft; filled from the beginning of the text to its end."""

    text: str
    folded: str
    catalogue: LawCatalogue
    shorts: dict[str, tuple[int, Citation]] = field(default_factory=dict)  # short name → where defined, of what
    own_lines: frozenset[str] = frozenset()


def with_articles(citation: Citation, name: Span, tail: Tail) -> Iterator[Citation]:
    """One citation an article: the first with the title, the others with their number alone."""
    if not tail.articles:
        yield replace(citation, span=Span(name.start, max(name.end, tail.end)))
        return
    for i, unit in enumerate(tail.articles):
        span = Span(name.start, unit.span.end) if i == 0 else unit.span
        yield replace(
            citation, span=span, article=unit.article, paragraph=unit.paragraph, item=unit.item,
            article_span=unit.span, kind=citation.kind if i == 0 else "listed",
        )  # fmt: skip


def inside(taken: list[tuple[int, int]], at: int) -> bool:
    """Does an offset stand in one of the stretches, which are in order?"""
    i = bisect_left(taken, (at + 1, 0)) - 1
    return i >= 0 and taken[i][0] <= at < taken[i][1]
