"""The findings of all rules → those that are told: doubles left out, small ones gathered, the gravest first.

Where there are more than a reader takes in, the least are 次要提示: told, but after the others and apart from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from reviewer.domain import Finding, Severity, Span

READING = 22  # findings per 10,000 characters that a reader takes in
LEAST = 6  # findings for which a text of any length has room
_IMPORTANCE = {Severity.ILLEGAL: 0, Severity.RISK: 1, Severity.ADVICE: 2}


def without_doubles(findings: list[Finding], absences: Collection[str]) -> Iterator[Finding]:
    """Of findings of one category on nearly the same words, the most serious; its places take in the others'.

    A rule that misses something says another thing than one that finds fault with the words, so both stay.
    """
    kept: list[Finding] = []
    for finding in sorted(findings, key=_rank):
        twin = next((k for k in kept if k.category == finding.category and k.clause == finding.clause
                     and _mostly_same(k.span, finding.span)
                     and k.rule not in absences and finding.rule not in absences), None)  # fmt: skip
        if twin is None:
            kept.append(finding)
        else:
            known = (twin.span, *twin.also_at)
            further = tuple(s for s in finding.also_at if not any(s.overlaps(k) for k in known))
            kept[kept.index(twin)] = replace(twin, also_at=(*twin.also_at, *further))
    yield from kept


def gathered(findings: Iterator[Finding], groups: Mapping[str, str]) -> Iterator[Finding]:
    """The small findings of one group (用字不规范 …) as one finding that says all of them and lists all places."""
    together: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.rule in groups:
            together.setdefault(groups[finding.rule], []).append(finding)
        else:
            yield finding
    for title, same in together.items():
        first, rest = same[0], sorted(same[1:], key=lambda f: f.span)
        if not rest:
            yield first
            continue
        yield replace(
            first,
            title=title,
            message="；".join(dict.fromkeys(f.message for f in same)),
            suggestion="；".join(dict.fromkeys(f.suggestion for f in same)),
            basis=tuple(dict.fromkeys(b for f in same for b in f.basis)),
            also_at=tuple(sorted({s for f in same for s in (f.span, *f.also_at)} - {first.span})),
            edit=None,
        )


def _mostly_same(a: Span, b: Span) -> bool:
    common = min(a.end, b.end) - max(a.start, b.start)
    return common > 0 and 2 * common >= min(len(a), len(b))


def _rank(finding: Finding) -> tuple[int, float, Span, str]:
    return _IMPORTANCE[finding.severity], -finding.confidence, finding.span, finding.rule


def in_order(findings: Iterator[Finding], characters: int, always: Mapping[str, Severity]) -> list[Finding]:
    """The gravest first; beyond the room that a text of so many characters gives, the rest as minor.

    What is illegal has room at any rate, and of a category in `always` what is as grave as that, or graver.
    """
    ordered = sorted(findings, key=_rank)
    fixed = [
        _IMPORTANCE[f.severity] <= _IMPORTANCE[always.get(f.category, Severity.ILLEGAL)] for f in ordered
    ]
    room = max(LEAST, characters * READING // 10_000) - sum(fixed)
    main: list[Finding] = []
    minor: list[Finding] = []
    for finding, stays in zip(ordered, fixed, strict=True):
        if stays or room > 0:
            main.append(finding)
            room -= not stays
        else:
            minor.append(replace(finding, minor=True))
    return main + minor
