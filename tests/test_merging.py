"""Which findings are told first, and which stand apart as 次要提示."""

from __future__ import annotations

from dataclasses import replace

from reviewer import merging
from reviewer.domain import Aspect, Finding, Severity, Span, fingerprint

ALWAYS = {"blank": Severity.ADVICE, "missing_clause": Severity.RISK}


def finding(n: int, severity: Severity = Severity.ADVICE, category: str = "wording") -> Finding:
    return Finding(
        rule=f"common/{category}/r{n}", category=category, aspect=Aspect.TEXT.value, severity=severity,
        span=Span(n, n + 1), where="", excerpt="字", title="", message="", suggestion="", edit=None, basis=(),
        unverified_basis=False, confidence=0.9, because="", clause=None, fingerprint=fingerprint("r", "", str(n)),
    )  # fmt: skip


def split(findings: list[Finding], characters: int) -> tuple[list[int], list[int]]:
    told = merging.in_order(iter(findings), characters, ALWAYS)
    return [f.span.start for f in told if not f.minor], [f.span.start for f in told if f.minor]


def test_what_a_reader_takes_in_at_one_go_is_told_without_minor_ones() -> None:
    most = merging.READING * 2
    assert split([finding(n) for n in range(most)], 20_000) == (list(range(most)), [])


def test_beyond_that_the_least_grave_are_minor_and_come_last() -> None:
    grave = [finding(n, Severity.RISK) for n in range(100, 100 + merging.READING)]
    main, minor = split([finding(1), *grave, finding(2)], 10_000)
    assert (main, minor) == ([f.span.start for f in grave], [1, 2])


def test_what_is_illegal_and_what_the_text_itself_proves_are_never_minor() -> None:
    illegal = [finding(n, Severity.ILLEGAL) for n in range(merging.READING + 5)]
    blanks = [finding(n, category="blank") for n in range(100, 103)]
    main, minor = split([*illegal, *blanks, finding(200, Severity.RISK)], 10_000)
    assert (main, minor) == ([f.span.start for f in (*illegal, *blanks)], [200])


def test_of_some_categories_only_what_is_grave_enough_is_never_minor() -> None:
    grave = [finding(n, Severity.RISK) for n in range(merging.READING)]
    lacking = [finding(100, Severity.RISK, "missing_clause"), finding(101, Severity.ADVICE, "missing_clause")]
    main, minor = split([*lacking, *grave], 10_000)
    assert (100 in main, minor) == (True, [merging.READING - 1, 101])


def test_a_short_text_has_room_for_a_few_findings_all_the_same() -> None:
    main, minor = split([finding(n) for n in range(merging.LEAST + 1)], 30)
    assert (len(main), len(minor)) == (merging.LEAST, 1)


def test_the_minor_ones_keep_all_they_say() -> None:
    findings = [finding(n) for n in range(merging.LEAST + 1)]
    last = merging.in_order(iter(findings), 0, ALWAYS)[-1]
    assert replace(last, minor=False) == findings[-1]
