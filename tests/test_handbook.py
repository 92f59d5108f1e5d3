"""Every shipped rule keeps its word: hits to the exact span, clean examples silent, basis in force."""

from __future__ import annotations

import collections
import datetime as dt

import pytest

from reviewer.domain import Line, Severity
from reviewer.handbook import problems
from reviewer.pipeline import Engine

RULES = sorted(rule.id for rule in Engine.load().lexicon.rules)


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_hits_what_it_says_and_nothing_else(engine: Engine, rule_id: str) -> None:
    rule = engine.lexicon.rule(rule_id)
    assert rule is not None
    assert list(problems(engine, rule)) == []


def test_the_handbook_is_large_enough_for_each_line(engine: Engine) -> None:
    counts = collections.Counter(rule.line for rule in engine.lexicon.rules)
    assert counts["contract"] >= 45
    assert counts["normative"] >= 35
    assert counts["enforcement"] >= 10
    assert len({rule.category for rule in engine.lexicon.rules}) >= 18


def test_a_rule_that_reports_an_absence_says_when_it_applies(engine: Engine) -> None:
    absent = [r for r in engine.lexicon.rules if r.checker == "required_clause"]
    assert absent
    assert [r.id for r in absent if not (r.types or r.when.any or r.when.title or r.when.minimum_characters)] == []


def test_illegal_is_only_said_with_a_norm(engine: Engine) -> None:
    assert [r.id for r in engine.lexicon.rules if r.severity == Severity.ILLEGAL and not r.basis] == []


@pytest.mark.parametrize("line", list(Line))
def test_an_empty_document_of_any_line_is_never_called_clean(engine: Engine, line: Line) -> None:
    from reviewer.handbook import example_document

    review = engine.review(example_document(""), on=dt.date(2026, 11, 21), line=line)
    assert review.score.value is None
    assert not review.coverage.complete
    assert {o.outcome.value for o in review.outcomes} == {"failed"}
