"""The copies of a contract: those that each party holds, and 正本 with 副本, must add up to the number made."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled
from reviewer.understanding.numerals import to_int

_N = r"[\d一二两俩三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3}"
_TOTAL = compiled(rf"(?:[一壹1]式|(?<![执持各存])正本|(?<![执持各存])副本)\s*(?P<n>{_N})\s*[份套]")
_KIND = compiled(rf"(?P<kind>正本|副本)\s*(?:各)?\s*(?P<n>{_N})\s*[份套]")
_EACH = compiled(
    rf"(?P<who>双方|两方|甲、?乙|三方|四方|甲、?乙、?丙|各方)(?:当事人|分别)?\s*各[自]?"
    rf"(?:执|持有?|保?存|留存?|保留|保管|得)?[^。；，\d一-十]{{0,6}}?(?P<n>{_N})\s*[份套]"
)
_HOLDS = compiled(
    rf"(?P<who>[甲乙丙丁]方|发包[人方]|承包[人方]|采购人|供应商|出租[人方]|承租[人方]|委托[人方]|受托[人方]|买方|卖方|需方|供方"
    rf"|[一-龥]{{2,10}}(?:局|部门|机构|中心|委员会|公司|银行|政府|机关))"
    rf"(?:各)?\s*(?:执|持有?|保?存|留存?|保留|保管|备案|存档|存)\s*(?P<n>{_N})\s*[份套]"
)
_BARE = compiled(
    rf"(?<=[，、；])(?P<who>[一-龥]{{2,10}}(?:单位|部门|机关|局|银行|公证处|委员会|机构))\s*(?P<n>{_N})\s*[份套]"
)
"""施工单位一份: a holder without a verb."""
_LISTED = compiled(
    rf"(?P<who>(?:甲、?乙(?:、?丙)?(?:双|三)?方|双方|[甲乙丙]方)(?:[、及和与以]{{1,2}}[一-龥]{{2,10}}?){{1,4}})各"
    rf"(?:自)?(?:执|持有?|保?存|留存?|保留)?\s*(?P<n>{_N})\s*[份套]"
)
_EACH_KIND = compiled(
    rf"(?P<who>双方|两方|三方|四方|甲、?乙双?方)[^。；，]{{0,2}}各[^。；，\d]{{0,4}}?(?:正本\s*(?P<正>{_N})\s*[份套])"
    rf"[^。；\d]{{0,6}}?副本\s*(?P<副>{_N})\s*[份套]"
)
"""双方各执正本一份、副本三份."""
_OTHER_COUNT = compiled(rf"{_N}\s*[份套]")
_FURTHER = compiled(
    r"(?:并|另|另外|还|同时)(?:须|应|需)?(?:送交|报送|送|报|抄送|交)[^。；，\d]{2,24}"
    r"(?:银行|部门|机关|局|公证处|委员会|政府)"
)
_REST = compiled(r"其余|剩余|余下|其他|余[\d一二三四五六七八九十]")
_PARTIES = {"双方": 2, "两方": 2, "三方": 3, "四方": 4}


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.9


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    for block in draft.document.blocks:
        text = block.span.of(draft.folded)
        if ("份" not in text and "套" not in text) or not in_parts(draft, block.span, ()):
            continue
        for sentence in re.finditer(r"[^。\n]+", text):
            yield from _in_sentence(draft, sentence.group(), block.span.start + sentence.start(), options)


def _in_sentence(draft: Draft, text: str, at: int, options: Options) -> Iterator[Match]:
    totals = [m for m in _TOTAL.finditer(text) if m.group()[0] in "一壹1" or _followed_by_holders(text, m.end())]
    for n, m in enumerate(totals):
        end = totals[n + 1].start() if n + 1 < len(totals) else len(text)
        wanted, part = to_int(m["n"]), text[m.end() : end]
        if "正本" in text[max(0, m.start() - 3) : m.end()]:
            part = part.partition("副本")[0]
        if wanted is None:
            continue
        held, why, stop = _held_of_kind(draft, m.group(), text[m.end() :]) or _held(draft, part)
        span, values = Span(at + m.start(), at + m.end() + stop), {"总数": m["n"], "合计": str(held)}
        if held is not None and held != wanted:
            because = f"{why}，合计{held}份，与{m.group()}不符"
            yield Match(span, values, because, confidence=options.confidence)
        elif held is not None and (more := _FURTHER.search(part, stop)) is not None:
            because = f"{why}，已合计{held}份，又约定“{more.group()}”，没有份数"
            yield Match(span, {**values, "合计": f"不止{held}"}, because, confidence=options.confidence)


def _held_of_kind(draft: Draft, total: str, part: str) -> tuple[int | None, str, int] | None:
    """Each party holds so many 正本 and so many 副本: those of the kind that the total counts."""
    kind = next((k for k in ("副本", "正本") if k in total), None)
    found = _EACH_KIND.search(part) if kind else None
    who = _count_of(found["who"], draft) if found else None
    number = to_int(found[kind[0]]) if found and kind else None
    if found is None or who is None or number is None:
        return None
    return who * number, found.group(), found.end()


def _followed_by_holders(text: str, start: int) -> bool:
    window = text[start : start + 20]
    return bool(_EACH.search(window) or _HOLDS.search(window)) or bool(_LISTED.match(text[start:].lstrip(" ,;")))


def _held(draft: Draft, part: str) -> tuple[int | None, str, int]:
    """How many copies the words after the total hand out (None when they do not say it all), and where they end."""
    kinds = list(_KIND.finditer(part))
    numbers = [n for m in kinds if (n := to_int(m["n"])) is not None]
    if len(kinds) >= 2 and len(numbers) == len(kinds):
        return sum(numbers), "正本与副本", kinds[-1].end()
    each, total, reasons, covered = list(_EACH.finditer(part)), 0, [], []
    for m in each:
        who = _count_of(m["who"], draft)
        number = to_int(m["n"])
        if who is None or number is None:
            return None, "", 0
        total += who * number
        reasons.append(m.group())
        covered.append(m.span())
    for m in _LISTED.finditer(part):
        number = to_int(m["n"])
        if number is None or any(a <= m.start() < b for a, b in covered):
            continue
        total += _of_list(m["who"]) * number
        reasons.append(m.group())
        covered.append(m.span())
    for m in (*_HOLDS.finditer(part), *(_BARE.finditer(part) if each else ())):
        number = to_int(m["n"])
        if number is None or any(a <= m.start() < b for a, b in covered):
            continue
        if "各" in m.group():
            return None, "", 0
        total += number
        reasons.append(m.group())
        covered.append(m.span())
    if not covered or _REST.search(part):
        return None, "", 0
    for other in _OTHER_COUNT.finditer(part):
        if not any(a <= other.start() < b for a, b in covered):
            return None, "", 0
    if not each and len(covered) < 2 and not _LISTED.search(part):
        return None, "", 0
    return total, "，".join(reasons), max(end for _, end in covered)


def _of_list(who: str) -> int:
    """甲乙双方及保证人和公证处 are four."""
    first, *others = re.split(r"(?<=方)(?:以及|及|和|与|、)|(?<!甲)(?:以及|及|和|与|、)", who)
    return (3 if "丙" in first else 1 if first in ("甲方", "乙方", "丙方") else 2) + len(others)


def _count_of(who: str, draft: Draft) -> int | None:
    if who in _PARTIES:
        return _PARTIES[who]
    if who.startswith("甲"):
        return 3 if "丙" in who else 2
    return None
