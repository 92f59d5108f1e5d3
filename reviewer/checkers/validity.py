"""From when and how long a document applies: not said, over, too long, before its issue, too soon, contradictory.

Only what the document says of itself counts (本办法自…起施行，有效期5年), never that of a licence or another law.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.checkers.power_setting import Rank, rank_of
from reviewer.checkers.validity_statements import OPEN, OWN, last_day, last_day_of, starts, validities
from reviewer.domain import Draft, Level, Match, Span, fold
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled, found


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal[
        "missing", "expired", "over", "target", "longer", "early", "past", "lapsed", "soon", "at_once", "conflict"
    ]
    years: float = 5  # longer: the longest validity allowed
    days: int = 30  # soon, at_once: the days that should lie between issue and effect
    ranks: tuple[Rank, ...] = ("规范性文件",)
    except_of: tuple[Regex, ...] = ()  # on issuer, number and title: documents that are left alone
    needs: tuple[Regex, ...] = ()  # each must be found in the text
    unless: tuple[Regex, ...] = ()  # none may be found in the sentence of the statement
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if rank_of(draft, knowledge.catalogue) not in options.ranks:
        return
    known = fold("\n".join((draft.issuer, draft.number, draft.title)))
    if any(compiled(p).search(known) for p in options.except_of):
        return
    if not all(found(p, draft) for p in options.needs):
        return
    for match in _LOOKS[options.look](draft, options, knowledge):
        sentence = draft.sentence_at(match.span.start)
        if not any(compiled(p).search(draft.folded, sentence.start, sentence.end) for p in options.unless):
            yield match


def _missing(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """Takes effect, without any word on how long: the finding stands at the clause on taking effect."""
    begun = starts(draft)
    if validities(draft) or OPEN.search(draft.folded):
        return
    if not begun:
        yield from _trial_without_end(draft, options)
        return
    place = begun[-1].span
    because = f"写有“{place.of(draft.text).strip()}”，全文没有出现本文件的有效期、试行期或者失效日期"
    yield Match(place, {"施行": place.of(draft.text).strip()}, because, clause="validity_period",
                confidence=options.confidence)  # fmt: skip


def _trial_without_end(draft: Draft, options: Options) -> Iterator[Match]:
    """（试行） in the title of articles, and not a word on when it begins or how long the trial lasts."""
    title = draft.parts.title
    articles = sum(p.level == Level.ARTICLE for p in draft.articles)
    if title is None or articles < 3 or compiled("[试暂]行").search(fold(draft.title)) is None:
        return
    if compiled(r"(?:有效|试行|暂行|执行|实施)期").search(draft.folded):
        return
    because = "题名为试行、暂行，全文没有写试行多久"
    yield Match(title, {"施行": "试行（暂行）"}, because, clause="validity_period", confidence=options.confidence)


def _expired(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    begun = [s for s in starts(draft) if s.date]
    for valid in validities(draft):
        start = begun[-1].date if begun else None
        end = valid.until or (last_day_of(start, valid.months) if start and valid.months else None)
        if end is None or end >= knowledge.on:
            continue
        values = {"届满日": _text(end), "审查日": _text(knowledge.on)}
        counted = f"自{_text(start)}起算，" if valid.until is None and start else ""
        because = f"{counted}“{valid.span.of(draft.text).strip()}”至{_text(end)}届满，早于审查日{_text(knowledge.on)}"
        yield Match(valid.span, values, because, confidence=options.confidence)
        return


_YEARS = compiled(
    r"(?:[从自]\s*)?(?<!\d)(?P<a>20\d\d)\s*年?\s*(?:至|到|-|—|－|–|~|～)+\s*(?P<b>20\d\d)\s*年(?!\s*\d{1,2}\s*月)"
)
_FORWARD = compiled(r"每年|年度|考核|期间|试点|申报|享受|补贴|补助|奖励|适用|执行|实施|组织|开展|期限")


def _over(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """A span of years that lay ahead when the document was issued and is over now: 从2018年到2020年，每年考核一次."""
    if draft.dated is None:
        return
    for sentence in draft.sentences:
        for place in _YEARS.finditer(draft.folded, sentence.start, sentence.end):
            first, last = int(place["a"]), int(place["b"])
            span = Span(*place.span())
            ahead = draft.dated.year <= first <= last < knowledge.on.year
            if not ahead or "《" in draft.text[sentence.start : span.start]:
                continue
            if not _FORWARD.search(draft.folded, span.end, min(sentence.end, span.end + 16)):
                continue
            values = {"期间": span.of(draft.text).strip(), "审查日": _text(knowledge.on)}
            because = f"“{values['期间']}”已于{last}年底届满，审查日为{values['审查日']}"
            yield Match(span, values, because, confidence=options.confidence)
            return


_TARGET = compiled(
    r"(?:到|确保|力争|至)\s*(?P<b>20\d\d)\s*年(?:底|末)?[，,]?"
    r"(?=[^。；]{0,16}(?:实现|达到|完成|建成|消除|全覆盖|基本|力争|确保|形成))"
)


def _target(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """An aim for a year that is over, in a document that is still to apply: 到2020年，实现全覆盖."""
    for sentence in draft.sentences:
        for place in _TARGET.finditer(draft.folded, sentence.start, sentence.end):
            last = int(place["b"])
            if last >= knowledge.on.year or (draft.dated is not None and last < draft.dated.year):
                continue
            span = Span(*place.span())
            values = {"期间": span.of(draft.text).strip("，, "), "审查日": _text(knowledge.on)}
            because = f"目标年份{last}年在审查日{values['审查日']}已经过去"
            yield Match(span, values, because, confidence=options.confidence)
            return


def _longer(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    limit = Decimal(str(options.years)) * 12
    begun = [s.date for s in starts(draft) if s.date]
    for valid in validities(draft):
        months = valid.months
        if months is None and valid.until and begun:
            months = Decimal((valid.until - begun[-1]).days) / Decimal("30.437")
        elif months is None and valid.until and draft.dated is None and starts(draft):
            months = Decimal((valid.until - knowledge.on).days) / Decimal("30.437")  # a draft, issued not before today
        if months is not None and months > limit + Decimal("0.5"):
            written = valid.span.of(draft.text).strip()
            years = f"{(months / 12).quantize(Decimal('0.1')).normalize():f}年"
            values = {"有效期": written, "年数": years}
            yield Match(valid.span, values, f"“{written}”，约{years}", confidence=options.confidence)
    for place in OPEN.finditer(draft.folded):
        sentence = draft.sentence_at(place.start())
        if options.years >= 5 and compiled(OWN).search(draft.folded, sentence.start, place.start()):
            span = Span(*place.span())
            values = {"有效期": span.of(draft.text), "年数": "没有期限"}
            yield Match(span, values, f"“{span.of(draft.text)}”没有终期", confidence=options.confidence)


def _early(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """Takes effect before it was issued."""
    for start in starts(draft):
        if start.delay is None and start.date and draft.dated and start.date < draft.dated:
            days = (draft.dated - start.date).days
            values = {"施行日": _text(start.date), "印发日": _text(draft.dated), "天数": str(days)}
            because = f"施行日期{values['施行日']}早于落款日期{values['印发日']}{days}天"
            yield Match(start.span, values, because, confidence=options.confidence)


def _past(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """An undated draft that takes effect before the day of its review."""
    for start in starts(draft):
        if start.delay is None and start.date and not draft.dated and not draft.number and start.date < knowledge.on:
            values = {"施行日": _text(start.date), "审查日": _text(knowledge.on)}
            because = f"没有落款日期，施行日期{values['施行日']}早于审查日{values['审查日']}"
            yield Match(start.span, values, because, confidence=options.confidence)
            return


_POLICY_UNTIL = compiled(
    r"(?:执行|实施|政策|优惠|减免|补贴|适用|有效|支持|扶持|延续|延长)[^。；，]{0,12}(?:至|到|截至)\s?(?=20\d\d年)"
)


def _lapsed(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """A measure inside the document whose own last day is over: 执行期限至2025年12月31日."""
    last = {d.span.start: (d, day) for d in draft.facts.dates if (day := last_day(d)) is not None}
    whole = {v.span for v in validities(draft)}
    for sentence in draft.sentences:
        for place in _POLICY_UNTIL.finditer(draft.folded, sentence.start, sentence.end):
            found = next((last[i] for i in range(place.end(), place.end() + 2) if i in last), None)
            if found is None or found[1] >= knowledge.on:
                continue
            span = Span(place.start(), found[0].span.end)
            if any(span.overlaps(w) for w in whole) or not in_parts(draft, span, ()):
                continue
            values = {"届满日": _text(found[1]), "审查日": _text(knowledge.on)}
            because = f"“{span.of(draft.text).strip()}”早于审查日{values['审查日']}"
            yield Match(span, values, because, confidence=options.confidence)


def _soon(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """A date named, fewer days after the issue than there should be."""
    for start in starts(draft):
        if start.delay is None and start.date and draft.dated:
            days = (start.date - draft.dated).days
            if 0 <= days < options.days - 1:
                values = {"施行日": _text(start.date), "印发日": _text(draft.dated), "天数": str(days)}
                because = f"{values['印发日']}印发，{values['施行日']}施行，相距{days}天"
                yield Match(start.span, values, because, confidence=options.confidence)


def _at_once(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """自印发之日起施行."""
    for start in starts(draft):
        if start.delay is not None and start.delay < options.days:
            written = start.span.of(draft.text).strip()
            yield Match(start.span, {"施行": written}, f"“{written}”，没有留出准备时间", confidence=options.confidence)


def _conflict(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    """Two dates of effect, or a last day that the stated years do not lead to."""
    begun = [s for s in starts(draft) if s.date and s.delay is None]
    if sum(p.level == Level.ARTICLE and p.number == 1 for p in draft.articles) <= 1:
        for first, second in pairwise(begun):
            if first.date and second.date and first.date != second.date:
                values = {"前": _text(first.date), "后": _text(second.date)}
                because = f"前文写自{values['前']}起，此处写自{values['后']}起"
                yield Match(second.span, values, because, confidence=options.confidence)
                return
    for valid in validities(draft):
        start = begun[-1].date if begun else None
        if not (start and valid.until and valid.months):
            continue
        end = last_day_of(start, valid.months)
        if abs((end - valid.until).days) > 31:
            values = {"前": valid.span.of(draft.text).strip(), "后": _text(end)}
            yield Match(valid.span, values, f"自{_text(start)}起算应至{_text(end)}", confidence=options.confidence)


_Look = Callable[[Draft, Options, Knowledge], Iterator[Match]]
_LOOKS: dict[str, _Look] = {
    "missing": _missing, "expired": _expired, "over": _over, "target": _target, "longer": _longer, "early": _early,
    "past": _past, "lapsed": _lapsed, "soon": _soon, "at_once": _at_once, "conflict": _conflict,
}  # fmt: skip


def _text(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"
