"""Two dated events in the wrong order, too far apart or too close: 立案 to 决定, 告知 to 决定, 违法行为 to 立案.

An event is a phrase with its date beside it in one sentence; a date without year takes the year named before it.
Working days are Mondays to Fridays: holidays are not known here, so a longest period in them has a week to spare.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import msgspec

from reviewer.checkers.numeric_limit import limit_of
from reviewer.checkers.pattern import in_parts, place_of
from reviewer.domain import DateMention, Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled, found, matches_by_sentence

_WEEK = 5  # Mondays to Fridays of one week
_BREAK = compiled(r"[。；\n]")
_REACH = 40  # code points between a date and the phrase of its event


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    first: tuple[Regex, ...]  # words of the earlier event
    second: tuple[Regex, ...] = ()  # words of the later event; empty: the date of the document
    look: Literal["order", "longer", "shorter"] = "order"
    limit: str = ""  # for longer and shorter: 90日, 7工作日, 2年
    unless: tuple[Regex, ...] = ()  # anywhere in the text
    confidence: float = 0.8


@dataclass(frozen=True, slots=True)
class Event:
    span: Span  # date and phrase together
    date: dt.date


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if any(found(p, draft) for p in options.unless):
        return
    dated = list(full_dates(draft))
    firsts = list(_events(draft, options.first, dated))
    seconds = list(_events(draft, options.second, dated)) if options.second else _document_date(draft)
    if not firsts or not seconds:
        return
    first = min(firsts, key=lambda e: e.date)
    second = max(seconds, key=lambda e: e.date)
    if options.look != "longer":  # the pair that speaks most in favour of the draft
        first, second = max(firsts, key=lambda e: e.date), max(seconds, key=lambda e: e.date)
    if (reason := _wrong(first.date, second.date, options)) and in_parts(draft, first.span, ()):
        place = second.span if options.second else first.span
        values = {"先": _text(first.date), "后": _text(second.date), "相距": reason}
        because = f"前一环节为{values['先']}，后一环节为{values['后']}，{reason}"
        yield Match(place, values, because, confidence=options.confidence)


def full_dates(draft: Draft) -> Iterator[tuple[DateMention, dt.date]]:
    """Dates with a day; a year left out is that of the last full date before."""
    year: int | None = None
    for mention in draft.facts.dates:
        year = mention.year or year
        if year is None or mention.month is None or mention.day is None:
            continue
        try:
            yield mention, dt.date(year, mention.month, mention.day)
        except ValueError:
            continue


def _events(draft: Draft, phrases: tuple[str, ...], dated: list[tuple[DateMention, dt.date]]) -> Iterator[Event]:
    for pattern in phrases:
        for match in matches_by_sentence(pattern, draft):
            phrase = place_of(match)
            near = [(d, date, gap) for d, date in dated if (gap := _gap(draft, d.span, phrase)) is not None]
            if near:
                mention, date, _ = min(near, key=lambda n: n[2])
                yield Event(Span(min(mention.span.start, phrase.start), max(mention.span.end, phrase.end)), date)


def _gap(draft: Draft, date: Span, phrase: Span) -> int | None:
    """Code points between a date and a phrase of one sentence, -1 for a date in it; None in another sentence."""
    if date.overlaps(phrase):
        return -1
    low, high = (date.end, phrase.start) if date.end <= phrase.start else (phrase.end, date.start)
    if high - low > _REACH or _BREAK.search(draft.folded, low, high):
        return None
    return high - low


def _document_date(draft: Draft) -> list[Event]:
    signature = draft.parts.signature
    if draft.dated is None or signature is None:
        return []
    return [Event(signature, draft.dated)]


def _wrong(first: dt.date, second: dt.date, options: Options) -> str:
    """What is wrong with the distance, in words; empty when nothing is."""
    if options.look == "order":
        return f"先后颠倒{(first - second).days}日" if second < first else ""
    distance, unit = Decimal((second - first).days), "日"
    if distance < 0:
        return ""
    working = options.limit.endswith("工作日")
    if working:
        distance, unit = Decimal(weekdays(first, second)), "个工作日"
    limit = Decimal(options.limit.removesuffix("工作日")) if working else limit_of(options.limit)
    if options.look == "longer":
        return f"相距{distance}{unit}" if distance > limit + (_WEEK if working else 0) else ""
    return f"相距{distance}{unit}" if distance < limit else ""


def weekdays(first: dt.date, second: dt.date) -> int:
    """Mondays to Fridays after the first day, up to and with the second."""
    return sum((first + dt.timedelta(days=n)).weekday() < 5 for n in range(1, (second - first).days + 1))


def _text(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"
