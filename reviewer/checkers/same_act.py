"""One act with two time limits: the same event, act, object and person, but 15日内 here and 30日内 there.

What an act is about is told from the words round the number, so that synonyms and word order do not matter; acts
that differ in stage, grade, person or share are other acts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from reviewer.checkers.act_words import ACTS, EVENTS, OBJECTS, QUALIFIERS, SIDES, words_in
from reviewer.checkers.contradictions import contradiction
from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Period, Span
from reviewer.lexicon import Knowledge

_BEHIND, _AHEAD = 60, 44
_DAYS = {"小时": (Decimal(1) / 24,) * 2, "日": (Decimal(1),) * 2, "周": (Decimal(7),) * 2,
         "月": (Decimal(28), Decimal(31)), "年": (Decimal(360), Decimal(366)),
         "工作日": (Decimal(1), Decimal("1.6"))}  # fmt: skip
_BREAK = "。;\n"
_NOT_LIMIT = re.compile(
    r"(?:超过|逾期|延期|满|每|累计|至少|不少于|不低于|以上|延长|顺延|连续|为期|暂停|期限为|超|达|达到|共|历时|任何|过去|近)\s*$"
)
_WITHIN = re.compile(r"\s*(?:\([^()]{1,12}\))?\s*(?:之内|以内|内)")
_AFTER_EVENT = re.compile(r"后|之日|当日|时|日起|起|的,|发生")
_END = re.compile(r"[。;\n,]")
_RATE = re.compile(r"\d[\d.]*\s*%|百分之[一二三四五六七八九十]+")
_TO = re.compile(r"(?:收到|向|给|接到|通知|与|经|按|对|由于|因)$")
_ITS = re.compile(r"(?:书面)?(?:通知|要求|提出|的|指|维修|签|验收|确认)")
_WHICH = re.compile(r"[\u4e00-\u9fa5]{2}$")
_FAILS = re.compile(r"未|不|拒绝|没有|无正当|仍")
_ALONE = ("到场", "响应", "验收")  # acts that are one act without an event or object


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.8


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit of an act: 验收合格后30日内，甲方支付货款."""

    span: Span
    sentence: Span
    act: tuple[str, ...]  # mode, event, act, objects and shares
    side: str
    qualifiers: frozenset[str]
    low: Decimal
    high: Decimal


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    known: dict[tuple[str, ...], list[Limit]] = {}
    for period in draft.facts.periods:
        limit = _limit(draft, period)
        if limit is None or not in_parts(draft, limit.span, ()):
            continue
        earlier = known.setdefault(limit.act, [])
        first = next((e for e in earlier if _contradict(e, limit) and _heads(draft, e) == _heads(draft, limit)), None)
        earlier.append(limit)
        if first is not None:
            yield contradiction(draft, first.span, limit.span, options.confidence, 事项=_named(limit))


def _contradict(first: Limit, second: Limit) -> bool:
    """Two limits of one act of one person, in two sentences, that cannot both be meant."""
    if first.sentence == second.sentence or first.qualifiers != second.qualifiers:
        return False
    if first.side and second.side and first.side != second.side:
        return False
    return first.high < second.low or second.high < first.low


def _heads(draft: Draft, limit: Limit) -> frozenset[str]:
    """What sets a clause apart by its heading: 隐蔽工程和中间验收."""
    starts = [p.span.start for p in draft.articles if p.span.start <= limit.span.start < p.span.end]
    leads = ((at, min(at + 24, limit.span.start)) for at in starts)
    return frozenset(name for low, high in leads for *_, name in words_in(draft.folded, QUALIFIERS, low, high))


def _limit(draft: Draft, period: Period) -> Limit | None:
    text, at, end = draft.folded, period.span.start, period.span.end
    within = _WITHIN.match(text, end)
    ahead = text[max(0, at - 4) : at].endswith(("提前", "前", "提前至少"))
    if not (within or ahead) or period.unit not in _DAYS:
        return None
    low = max(0, at - _BEHIND)
    start = max([low, *(text.rfind(c, low, at) + 1 for c in _BREAK)])
    if _NOT_LIMIT.search(text[max(start, at - 6) : at]):
        return None
    after = within.end() if within else end
    stop = _stop(text, after)
    acts = list(words_in(text, ACTS, after, stop))
    if not acts or _FAILS.search(text, after, acts[0][0]):
        return None
    event = _event(text, start, at, ahead)
    act = acts[0][2]
    thing = _object(text, acts[0][0], stop, "") or _object(text, start, at, event)
    if act not in _ALONE and (not event or not thing):
        return None
    sides = [name for a, b, name in words_in(text, SIDES, start, acts[0][0]) if _acts(text, a, b)]
    sentence = draft.sentence_at(at)
    shares = sorted(_RATE.findall(text, start, stop))
    near = words_in(text, QUALIFIERS, _near(text, start, at), min(stop, acts[0][1] + 8))
    qualifiers = frozenset(name for *_, name in near)
    factor = _DAYS[period.unit]
    kind = ("提前" if ahead else "内", event, act, thing if act not in _ALONE else "", *shares)
    return Limit(Span(at, acts[0][1]), sentence, kind, sides[-1] if sides else "", qualifiers,
                 period.value * factor[0], period.value * factor[1])  # fmt: skip


def _stop(text: str, start: int) -> int:
    """The end of the clause after a number; past the first comma where it stands at once (3日内，乙方…)."""
    limit = min(len(text), start + _AHEAD)
    found = _END.search(text, start, limit)
    if found is not None and found[0] == "," and found.start() - start < 2:
        found = _END.search(text, found.end(), limit)
    return found.start() if found else limit


def _event(text: str, start: int, at: int, ahead: bool) -> str:
    """What sets the time off: the last event word before the number that 后, 之日起 or 前 follows."""
    event = ""
    for _, end, name in words_in(text, EVENTS, start, at):
        rest = text[end:at]
        if (ahead and "," not in rest) or (not ahead and _AFTER_EVENT.search(rest)) or len(rest) <= 4:
            event = name
    return event


def _acts(text: str, start: int, end: int) -> bool:
    """Is a party the one who acts, rather than the one that something comes from or goes to?"""
    return _TO.search(text[max(0, start - 3) : start]) is None and _ITS.match(text, end) is None


def _near(text: str, start: int, at: int) -> int:
    """The beginning of the clause before the one that holds a number."""
    comma = text.rfind(",", start, at)
    return max(start, text.rfind(",", start, comma) + 1) if comma >= 0 else start


def _object(text: str, start: int, end: int, event: str) -> str:
    """The first thing that is spoken of, other than what sets the time off; of plans, which plan."""
    for at, _, name in words_in(text, OBJECTS, start, end):
        if name != event:
            which = _WHICH.search(text, max(start, at - 2), at) if name == "方案" else None
            return (which.group() if which else "") + name
    return ""


def _named(limit: Limit) -> str:
    mode, event, act, thing, *_ = limit.act
    return (f"{event}后" if mode == "内" and event else "") + act + thing
