"""A cap on everything one applicant may receive that lies below what a single item promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.understanding.numerals import to_decimal

_N = r"(?P<n>\d[\d,.]*|[一二两三四五六七八九十百千]+)\s?(?P<u>亿元|万元|元)"
_CAP = re.compile(
    r"(?:同一|每个?|单个|每家|每户)(?:企业|单位|项目|申报主体|经营主体|主体|机构|个人|申请人)[^。;,]{0,16}"
    r"(?:总额|合计|累计|总计|总和)[^。;,]{0,10}(?:不(?:得)?超过|最高(?:不超过)?|上限为?|以内)\s?" + _N
)
_SINGLE = re.compile(
    r"(?:奖励|补助|补贴|资助|贴息|支持|资金|最高)(?:资金)?(?:每年|一次性|总额|单户|单个项目|每家)?"
    r"(?:最高)?(?:不超过|可达|可给予|给予)?\s?" + _N
)
_MANY = re.compile(r"三年|五年|累计|总额|合计|总计|每年可")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.78


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    text = draft.folded
    for cap in _CAP.finditer(text):
        span = Span(*cap.span())
        limit = _money(cap)
        if limit is None or not in_parts(draft, span, ()):
            continue
        for single in _SINGLE.finditer(text):
            place = Span(*single.span())
            value = _money(single)
            if value is None or value <= limit or place.overlaps(span) or not in_parts(draft, place, ()):
                continue
            if _MANY.search(text, max(0, place.start - 16), place.end):
                continue
            values = {"单项": place.of(draft.text).strip(), "总额": span.of(draft.text).strip()}
            because = f"总额上限为{limit:f}元，单项“{values['单项']}”已超过"
            yield Match(span, values, because, confidence=options.confidence)
            break


def _money(found: re.Match[str]) -> Decimal | None:
    number = to_decimal(found["n"].rstrip(".,"))
    return None if number is None else number * {"亿元": 100_000_000, "万元": 10_000}.get(found["u"], 1)
