"""Two places that contradict each other → the match at the second, which says where the first stands."""

from __future__ import annotations

from reviewer.domain import Draft, Match, Span

_LONGEST = 60


def contradiction(draft: Draft, first: Span, second: Span, confidence: float, **values: str) -> Match:
    """The words of both places (as 前 and 后) and the place of the first (前处), and further values."""
    before, after = (span.of(draft.text).strip()[-_LONGEST:] for span in (first, second))
    place = draft.where(first.start)
    because = f"{place}写“{before}”，此处写“{after}”"
    return Match(second, {"前": before, "后": after, "前处": place, **values}, because, confidence=confidence)
