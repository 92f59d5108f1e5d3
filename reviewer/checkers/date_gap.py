"""Two dates that the law wants a certain time apart: documents handed out and bids due, award and contract.

A date belongs to a label when it follows it closely, in the same line or in the next table cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

import msgspec

from reviewer.checkers.numeric_limit import limit_of
from reviewer.checkers.pattern import in_parts
from reviewer.domain import DateMention, Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled, found, matches

_UNTIL = compiled(
    r"\s*(?:[上下中]午|早上|晚上)?\s*\d{0,2}[:时]?\d{0,2}分?\s*(?:（[^（）]{0,8}）)?\s*起?\s*[，,]?\s*(?:至|到|止|—+|-+|–|~|～)+\s*"
)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    first: tuple[Regex, ...]  # labels of the earlier date
    second: tuple[Regex, ...] = ()  # labels of the later date; empty: the end of “first 至 …”, both days counted
    at_least: str = ""  # 20日
    at_most: str = ""  # 30日
    within: int = 24  # code points between a label and its date
    report: Literal["first", "second"] = "second"
    unless: tuple[Regex, ...] = ()  # in the sentence of either date: it is about something else
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    start = _labelled(draft, options.first, options, None)
    if start is None or start[1].date is None:
        return
    end = _labelled(draft, options.second, options, start[1].date) if options.second else _until(draft, start[1])
    if end is None:
        return
    first, last = start[1].date, _date(end[1], start[1].date)
    if last is None:
        return
    days = (last - first).days + (0 if options.second else 1)
    if days < 0 or not _breaks(days, options):
        return
    label, mention = start if options.report == "first" or not options.second else end
    place = Span(label.start, end[1].span.end if not options.second else mention.span.end)
    limit = f"不得少于{options.at_least}" if options.at_least else f"不得超过{options.at_most}"
    values = {"起": _text(first), "止": _text(last), "日数": str(days)}
    because = f"{values['起']}至{values['止']}共{days}日，{limit}"
    yield Match(place, values, because, confidence=options.confidence)


def _labelled(
    draft: Draft, labels: tuple[str, ...], options: Options, after: dt.date | None
) -> tuple[Span, DateMention] | None:
    """The first label with a date of its own, and that date."""
    for pattern in labels:
        for match in matches(pattern, draft):
            mention = _next_date(draft, match.end(), options.within)
            if mention is None or _date(mention, after) is None or not in_parts(draft, mention.span, ()):
                continue
            if any(found(p, draft, draft.sentence_at(place)) for p in options.unless
                   for place in (match.start(), mention.span.start)):  # fmt: skip
                continue
            return Span(*match.span()), mention
    return None


def _next_date(draft: Draft, offset: int, within: int) -> DateMention | None:
    for mention in draft.facts.dates:
        if mention.span.start >= offset:
            gap = draft.folded[offset : mention.span.start]
            return mention if len(gap) <= within and "。" not in gap and gap.count("\n") <= 1 else None
    return None


def _until(draft: Draft, first: DateMention) -> tuple[Span, DateMention] | None:
    """The other end of a range that begins with `first`."""
    mention = _next_date(draft, first.span.end, 24)
    if mention is None or not _UNTIL.fullmatch(draft.folded, first.span.end, mention.span.start):
        return None
    return first.span, mention


def _date(mention: DateMention, after: dt.date | None) -> dt.date | None:
    """The date; a year left out is that of the date before it."""
    if mention.date is not None:
        return mention.date
    if after is None or mention.year is not None or mention.month is None or mention.day is None:
        return None
    try:
        return dt.date(after.year, mention.month, mention.day)
    except ValueError:
        return None


def _breaks(days: int, options: Options) -> bool:
    if options.at_least and days < limit_of(options.at_least):
        return True
    return bool(options.at_most) and days > limit_of(options.at_most)


def _text(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"
