"""Steps of a scale (90分以上；75分以上不满90分；…) that leave a gap or run into each other."""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import msgspec

from reviewer.checkers.pattern import in_parts, is_taken
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.understanding.numerals import to_decimal

_N = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+)"
_U = r"\s?(?:万元|亿元|元|分|%|平方米|公里|小时|人|户|吨|辆|亩|公顷|米|次)"
_WITH = r"(?:人民币)?(?:\(含[^()]{0,8}\))?"
_TWO = rf"(?<![\d.])(?P<n2>{_N})(?P<u2>{_U})"
_BOUNDS = (  # kind, inclusive, pattern
    ("range", True, rf"(?P<n>{_N})(?P<v>{_U}|\s?[万亿])?\s?(?:-|—|–|~|至)\s?(?P<m>{_N})(?P<u>{_U})"),
    ("low", True, rf"(?:≥|不低于|不少于)\s?(?P<n>{_N})(?P<u>{_U})|{_TWO}{_WITH}及?(?:以上|起)"),
    ("high", True, rf"(?:≤|不超过|不高于)\s?(?P<n>{_N})(?P<u>{_U})|{_TWO}{_WITH}(?:以下|以内)"),
    ("low", False, rf"(?:>|大于|(?<!不)超过|(?<!不)高于)\s?(?P<n>{_N})(?P<u>{_U})"),
    ("high", False, rf"(?:<|小于|(?<!不)低于|(?<!不)少于|不满|不足|未满)\s?(?P<n>{_N})(?P<u>{_U})"),
)
_COMPILED = tuple((kind, inclusive, re.compile(pattern)) for kind, inclusive, pattern in _BOUNDS)
_PIECE = re.compile(r"[^。;\n]+")
_LEAST = 3  # steps that make a scale
_FAR = 60  # code points between two steps of one scale


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.8


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from `low` to `high` (None: open), in the basic unit."""

    span: Span
    unit: str
    low: Decimal | None
    low_in: bool
    high: Decimal | None
    high_in: bool


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    for scale in _scales(draft):
        if any(_fine(draft, step) for step in scale) and not _graded(draft, scale):
            continue  # a law may leave room between the fines for different acts
        rising = scale if _rises(scale) else tuple(reversed(scale))
        if not _rises(rising):
            continue
        for lower, upper in pairwise(rising):
            problem = _problem(lower, upper)
            if problem and in_parts(draft, upper.span, ()):
                place = max(lower.span, upper.span)
                before, after = lower.span.of(draft.text).strip(), upper.span.of(draft.text).strip()
                values = {"前": before, "后": after, "问题": problem}
                yield Match(place, values, f"“{before}”与“{after}”之间{problem}", confidence=options.confidence)


def _scales(draft: Draft) -> Iterator[tuple[Step, ...]]:
    """Runs of steps of one unit that follow each other closely."""
    run: list[Step] = []
    for step in _steps(draft):
        if run and (step.unit != run[-1].unit or _apart(draft, run[-1].span, step.span)):
            if len(run) >= _LEAST:
                yield tuple(run)
            run = []
        run.append(step)
    if len(run) >= _LEAST:
        yield tuple(run)


def _fine(draft: Draft, step: Step) -> bool:
    return "罚款" in draft.folded[step.span.end : step.span.end + 8]


def _graded(draft: Draft, scale: tuple[Step, ...]) -> bool:
    """Are the fines those of one act by degree: 从轻处…，一般处…，从重处…?"""
    words = draft.folded[max(0, scale[0].span.start - 12) : scale[-1].span.end]
    return re.search(r"从轻|较轻|轻微", words) is not None and re.search(r"从重|较重|严重", words) is not None


def _apart(draft: Draft, a: Span, b: Span) -> bool:
    between = draft.folded[a.end : b.start]
    return len(between) > _FAR or re.search(r"\n\s*第[一二三四五六七八九十百]+条", between) is not None


def _steps(draft: Draft) -> Iterator[Step]:
    text = draft.folded
    for piece in _PIECE.finditer(text):
        bounds = _bounds(text, piece.start(), piece.end())
        kinds = [kind for kind, *_ in bounds]
        if kinds.count("low") <= 1 and kinds.count("high") <= 1 and kinds.count("range") <= 1:
            if step := _step(bounds):
                yield step
            continue
        if "罚款" not in piece.group():
            continue  # 10人以上，或者死亡3人以上: two measures, no steps
        for part in re.finditer(r"[^,]+", text[piece.start() : piece.end()]):
            start = piece.start() + part.start()
            if step := _step(_bounds(text, start, piece.start() + part.end())):
                yield step


_Bound = tuple[str, bool, Decimal, str, Span]


def _bounds(text: str, start: int, end: int) -> list[_Bound]:
    out: list[_Bound] = []
    taken: list[tuple[int, int]] = []
    for kind, inclusive, pattern in _COMPILED:
        for found in pattern.finditer(text, start, end):
            span = Span(*found.span())
            if is_taken(span, taken):
                continue
            groups = found.groupdict()
            number = to_decimal(groups.get("n") or groups.get("n2") or "")
            unit = (groups.get("u") or groups.get("u2") or "").strip()
            if number is None:
                continue
            insort(taken, (span.start, span.end))
            if kind == "range":
                top = to_decimal(groups["m"] or "")
                if top is not None and top > number:
                    bottom_unit = (groups.get("v") or unit).strip()
                    out.append(("low", True, number * _factor(bottom_unit), _basic(unit), span))
                    out.append(("high", True, top * _factor(unit), _basic(unit), span))
            else:
                out.append((kind, inclusive, number * _factor(unit), _basic(unit), span))
    return out


def _step(bounds: list[_Bound]) -> Step | None:
    lows = [b for b in bounds if b[0] == "low"]
    highs = [b for b in bounds if b[0] == "high"]
    if not bounds or len(lows) > 1 or len(highs) > 1 or len({b[3] for b in bounds}) != 1:
        return None
    low, high = next(iter(lows), None), next(iter(highs), None)
    if low and high and low[2] >= high[2]:
        return None
    span = Span(min(b[4].start for b in bounds), max(b[4].end for b in bounds))
    return Step(span, bounds[0][3], low[2] if low else None, bool(low and low[1]), high[2] if high else None,
                bool(high and high[1]))  # fmt: skip


def _factor(unit: str) -> int:
    return {"万": 10_000, "亿": 100_000_000}.get(unit[:1], 1)


def _basic(unit: str) -> str:
    return "元" if unit.endswith("元") else unit


def _rises(scale: tuple[Step, ...]) -> bool:
    """Do the steps follow each other upwards, the lowest and highest at most open?"""
    if any(s.low is None for s in scale[1:]) or any(s.high is None for s in scale[:-1]):
        return False
    lows = [s.low for s in scale[1:]]
    highs = [s.high for s in scale[:-1]]
    return all(a < b for a, b in pairwise(lows) if a is not None and b is not None) and all(
        a < b for a, b in pairwise(highs) if a is not None and b is not None
    )


def _problem(lower: Step, upper: Step) -> str:
    """What is wrong between two neighbouring steps; empty when nothing is."""
    if lower.high is None or upper.low is None:
        return ""
    if lower.high < upper.low:
        whole = lower.high_in and upper.low_in and upper.low - lower.high == 1 and upper.unit not in ("元", "小时", "%")
        return "" if whole else "有空档，落在其中的情形没有规定"
    if lower.high > upper.low:
        return "相互重叠，同一情形适用两档"
    return "" if lower.high_in or upper.low_in else "缺少分界点，恰好等于分界数值的情形没有规定"
