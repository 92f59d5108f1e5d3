"""One breach with two penalties: 转包 at 20% here and 30% there, 重伤事故 at 15万元 in a contract, 80万元 in its annex.

A breach is told by its words before the sum; sums for each day, each time or each person, grades and caps are kept
apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

import msgspec

from reviewer.checkers.act_words import QUALIFIERS, SIDES, words_in
from reviewer.checkers.contradictions import contradiction
from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge

_BEHIND = 110
_SANCTION = re.compile(r"扣[罚款除减]|违约金|罚[款金]|罚没|处罚|赔偿|赔付|滞纳金|扣工程款|承担")
_LATE = r"(?:逾期|迟延|延迟|延期|拖延|延误|未按[^,。;]{0,8})"
_WORDS = (
    ("轻伤", r"轻伤"), ("重伤", r"重伤"), ("死亡", r"死亡|亡人"), ("火灾", r"火灾|火警"), ("中毒", r"中毒"),
    ("转包", r"转包"), ("违法分包", r"违法分包|擅自分包|非法分包"),
    ("泄密", r"泄密|泄露|违反[^,。;]{0,6}保密"), ("转租", r"转租"),
    ("更换人员", r"更换[^,。;]{0,8}(?:项目经理|负责人|人员)"), ("缺岗", r"缺岗|脱岗|离岗|缺勤|旷工|擅离"),
    ("拖欠工资", r"拖欠[^,。;]{0,6}工资"), ("商业贿赂", r"行贿|贿赂|回扣"),
    ("中途解约", r"(?:单方面?|擅自|中途|提前)(?:解除|终止|退租|解约|停止履行)"), ("弄虚作假", r"弄虚作假|虚假"),
    ("逾期付款", rf"(?:{_LATE}|拖欠)[^,。;]{{0,6}}(?:付款|支付|缴纳|缴付|交纳|结算|租金|货款|工程款)"),
    ("逾期交货", rf"{_LATE}[^,。;]{{0,4}}(?:交货|供货|交付|发货|到货)"),
    ("逾期完工", rf"{_LATE}[^,。;]{{0,4}}(?:竣工|完工|工期|完成)|工期[^,。;]{{0,6}}(?:延误|逾期|延期)"),
    ("逾期到场", rf"(?:{_LATE}|未及时)[^,。;]{{0,6}}(?:到场|到达|响应|维修)"),
    ("逾期腾退", rf"(?:{_LATE}|未及时)[^,。;]{{0,6}}(?:腾退|搬离|迁出|退还房|返还房|归还|撤离)"),
)  # fmt: skip
_BREACHES = tuple((name, re.compile(pattern)) for name, pattern in _WORDS)
_BREACH_CHARS = frozenset("伤亡火毒包密泄租换岗勤旷离欠贿扣解退止约假逾延拖未误")
_SAID = {"逾期", "违约", "拒绝"}
_LABEL = re.compile(r"(?:第[^条]{1,5}条|[ ,。;、\n]|\d[\d.]*[、.]?|\([^()]{1,3}\)|[一二三四五六七八九十]+、)*")
_PER = re.compile(
    r"每(?:逾期|延期|延误|迟延|拖延|延迟|超过|发生|发现|缺岗?|少|增加|降低|超出|推迟|晚|迟|拖|误|满|出现|有)?"
    r"[^,。;\d]{0,6}?[一1]?\s*(日|天|周|月|次|人|例|起|项|处|辆|吨|台|套|份|小时)"
    r"|(?:按|逐)(日|天|月)|(日|天|次|人|人次|例|起|项|处|月|小时)$"
)
_PER_AFTER = re.compile(r"\s*(?:人民币)?\s*(?:/|每)\s*(日|天|次|人|例|起|项|处|月|小时)")
_BASE = re.compile(
    r"合同|货款|价款|租金|工程款|服务费|费用|欠款|未付|应付|未交|逾期|结算|保证金|定金|中标|年度|当月|当期|月"
)
_TIERED = re.compile(
    r"上限|封顶|不超过|最高|累计|合计|总额|以上|以内|以下|超过|第[一二三四五]次|首次|再次|[一二三1-9]次(?!性)"
    r"|\d\s*[-~—至]\s*\d|超出|逾期\s*\d|满\s*\d|奖"
    r"|\d\s*个?[日天月](?:之|以)内|继续履行"
)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.78


@dataclass(frozen=True, slots=True)
class Penalty:
    """A sum that a breach costs."""

    span: Span
    sentence: Span
    breaches: frozenset[str]
    kind: tuple[str, str]  # what the sum counts in, and for each of what
    side: str
    qualifiers: frozenset[str]
    value: Decimal


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    known: list[Penalty] = []
    told: set[frozenset[str]] = set()
    for penalty in _penalties(draft):
        first = next((p for p in known if _contradict(p, penalty)), None)
        known.append(penalty)
        shared = penalty.breaches & first.breaches if first is not None else frozenset()
        if first is None or shared in told:
            continue
        told.add(shared)
        named = "、".join(sorted(shared))
        yield contradiction(draft, first.span, penalty.span, options.confidence, 违约=named)


def _contradict(first: Penalty, second: Penalty) -> bool:
    same = first.kind == second.kind and first.qualifiers == second.qualifiers
    if not same or not first.breaches & second.breaches or first.value == second.value:
        return False
    if first.sentence == second.sentence:
        return False
    if not first.side and not second.side:
        return True
    return first.side == second.side or not (first.side and second.side)


def _penalties(draft: Draft) -> Iterator[Penalty]:
    """The sums that are penalties of a breach known by its words, in the order of the text."""
    text = draft.folded
    ends: dict[int, int] = {}  # sentence → end of the sum before, whose breach is its own
    sums = chain(((a.span, a.unit, a.value, "") for a in draft.facts.amounts),
                 ((r.span, "%", r.value, r.per) for r in draft.facts.rates))  # fmt: skip
    for span, unit, value, per in sorted(sums):
        sentence = draft.sentence_at(span.start)
        start = max(sentence.start, span.start - _BEHIND, ends.get(sentence.start, 0))
        before = text[start : span.start]
        ends[sentence.start] = span.end
        if _BREACH_CHARS.isdisjoint(before) or not _SANCTION.search(text, start, min(len(text), span.end + 12)):
            continue
        breaches = frozenset(name for name, pattern in _BREACHES if pattern.search(before))
        if not breaches or _TIERED.search(before) or not in_parts(draft, span, ()):
            continue
        found = _PER_AFTER.match(text, span.end) or _PER.search(before)
        each = per or (next(filter(None, found.groups()), "") if found else "")
        base = _BASE.findall(before)[-1] if unit == "%" and _BASE.search(before) else ""
        sides = [name for *_, name in words_in(before, SIDES, 0, len(before))]
        words = frozenset(w for *_, w in words_in(before, QUALIFIERS, 0, len(before))) - _SAID
        lead = _LABEL.match(before)
        at = start + (lead.end() if lead else 0)
        yield Penalty(Span(at, span.end), sentence, breaches, (unit + base, "日" if each == "天" else each),
                      sides[0] if sides else "", words, value)  # fmt: skip
