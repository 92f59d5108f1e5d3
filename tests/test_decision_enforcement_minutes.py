"""Decisions, enforcement papers and minutes: their ways of seeing, and the sample documents reviewed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviewer.checkers import attendance, event_dates, fine_range, period_limit, stated_amounts
from reviewer.checkers.event_dates import weekdays
from reviewer.checkers.period_limit import days_of
from reviewer.domain import Draft, Finding, Line, Match, Review, Severity
from reviewer.handbook import example_document
from reviewer.pipeline import Engine

SAMPLES = Path(__file__).parents[1] / "corpus_samples"
LINES = ("enforcement", "decision", "minutes")
FOLDERS = sorted(p.parent for line in LINES for p in SAMPLES.glob(f"{line}/*/expected.yaml"))
ON = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def draft_of(engine: Engine, text: str, line: Line = Line.ENFORCEMENT, kind: str = "处罚决定书") -> Draft:
    """A draft in which patterns that are not in the lexicon can be looked for too."""
    return replace(engine.understand(example_document(text), line, kind), literals=None)


def words(draft: Draft, matches: list[Match]) -> list[str]:
    return [m.span.of(draft.text) for m in matches]


# ---------------------------------------------------------------- period_limit


@pytest.mark.parametrize(
    ("text", "days"), [("六十日", "60"), ("7个工作日", "9.8"), ("三个月", "90"), ("24小时", "1"), ("很久", None)]
)
def test_a_period_is_read_in_days(text: str, days: str | None) -> None:
    assert days_of(text) == (None if days is None else Decimal(days))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("可在三十日内申请复议。", ["三十日内"]),
        ("可在六十日内申请复议。", []),
        ("可在九十日内申请复议。", ["九十日内"]),
        ("因情况特殊，可在三十日内申请复议。", []),
    ],
)
def test_a_period_outside_its_limits_is_seen(engine: Engine, text: str, seen: list[str]) -> None:
    options = period_limit.Options(
        any=("(?P<at>(?P<期>[一二三四五六七八九十]+日)内)申请复议",), at_least="60日", at_most="62日", unless=("特殊",)
    )
    draft = draft_of(engine, text)
    assert words(draft, list(period_limit.find(draft, options, engine.knowledge(ON)))) == seen


# ---------------------------------------------------------------- event_dates


def events(engine: Engine, text: str, **options: Any) -> list[Match]:
    draft = draft_of(engine, text)
    return list(event_dates.find(draft, event_dates.Options(**options), engine.knowledge(ON)))


def test_two_events_too_far_apart_are_seen_with_their_distance(engine: Engine) -> None:
    text = "2026年1月5日，本局决定立案调查。2026年7月1日，本局作出处罚决定。"
    found = events(engine, text, first=("立案",), second=("作出处罚决定",), look="longer", limit="90日")
    assert [m.values["相距"] for m in found] == ["相距177日"]


def test_the_limit_itself_is_no_excess(engine: Engine) -> None:
    text = "2026年1月5日，本局决定立案调查。2026年4月5日，本局作出处罚决定。"
    assert not events(engine, text, first=("立案",), second=("作出处罚决定",), look="longer", limit="90日")


def test_a_date_without_year_takes_the_year_before_it(engine: Engine) -> None:
    text = "2026年6月20日立案调查；6月10日送达告知书。"
    found = events(engine, text, first=("立案",), second=("送达告知书",), look="order")
    assert [(m.values["先"], m.values["后"]) for m in found] == [("2026年6月20日", "2026年6月10日")]


def test_without_a_second_event_the_date_of_the_document_counts(engine: Engine) -> None:
    text = "行政处罚决定书\n2026年6月5日，本案经集体讨论。\n某区综合行政执法局\n2026年6月1日"
    assert len(events(engine, text, first=("集体讨论",), look="order")) == 1


def test_working_days_leave_out_weekends_and_count_the_last_day() -> None:
    friday, monday = dt.date(2026, 6, 5), dt.date(2026, 6, 8)
    assert weekdays(friday, monday) == 1
    assert weekdays(friday, friday) == 0


# ---------------------------------------------------------------- fine_range, stated_amounts, attendance


@pytest.mark.parametrize(
    ("text", "look", "seen"),
    [
        ("可处五千元以上五万元以下罚款。决定罚款80000元。", "above", 1),
        ("可处五千元以上五万元以下罚款。决定罚款50000元。", "above", 0),
        ("可处五千元以上五万元以下罚款。决定罚款3000元。", "below", 1),
        ("可处五千元以上五万元以下罚款，依法减轻处罚。决定罚款3000元。", "below", 0),
        ("货值金额共计2000元，可处货值金额五倍以上十倍以下罚款。决定罚款30000元。", "above", 1),
        ("货值金额共计2000元，可处货值金额五倍以上十倍以下罚款。决定罚款15000元。", "above", 0),
        ("决定罚款15000元。", "above", 0),
    ],
)
def test_a_fine_outside_the_quoted_range_is_seen(engine: Engine, text: str, look: Any, seen: int) -> None:
    options = fine_range.Options(
        decided=(r"(?P<at>决定罚款(?P<额>\d+元))",), look=look, explained=("减轻处罚",)
    )
    draft = draft_of(engine, text)
    assert len(list(fine_range.find(draft, options, engine.knowledge(ON)))) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("拟罚款20000元。决定罚款3万元。", ["决定罚款3万元"]),
        ("拟罚款20000元。决定罚款2万元。", []),
        ("拟罚款20000元。决定罚款1000元，另决定罚款3万元。", []),
    ],
)
def test_a_second_sum_above_the_first_is_seen_when_each_is_one(engine: Engine, text: str, seen: list[str]) -> None:
    options = stated_amounts.Options(
        first=(r"拟罚款(?P<额>\d+万?元)",), second=(r"决定罚款(?P<额>\d+万?元)",), relation="not_above"
    )
    draft = draft_of(engine, text)
    assert words(draft, list(stated_amounts.find(draft, options, engine.knowledge(ON)))) == seen


@pytest.mark.parametrize(("there", "seen"), [("4", 1), ("五", 1), ("6", 0), ("12", 0)])
def test_half_of_the_members_is_not_more_than_half(engine: Engine, there: str, seen: int) -> None:
    options = attendance.Options(any=(r"应到(?P<全>\d+)人，实到(?P<到>\d+|[一二三四五六七八九十]+)人",), above="1/2")
    draft = draft_of(engine, f"应到10人，实到{there}人。", Line.MINUTES, "会议纪要")
    assert len(list(attendance.find(draft, options, engine.knowledge(ON)))) == seen


# ---------------------------------------------------------------- sample documents


@pytest.fixture(scope="module")
def reviews(engine: Engine) -> dict[Path, Review]:
    return {folder: engine.review_file(folder / "document.txt", on=ON) for folder in FOLDERS}


def expected_of(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    return loaded


def meets(finding: Finding, item: dict[str, Any], text: str) -> bool:
    """Is a finding what a label (or a trap) speaks of: its category and its words, or the missing clause?"""
    if finding.category not in (item["category"], *item.get("also", ())):
        return False
    if "missing" in item:
        return bool(finding.clause == item["missing"])
    start = text.index(item["quote"])
    end = start + len(item["quote"])
    return any(s.start < end and start < s.end for s in (finding.span, *finding.also_at))


def name_of(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_sample_is_recognised_and_every_rule_could_look(folder: Path, reviews: dict[Path, Review]) -> None:
    review = reviews[folder]
    assert review.draft.line == expected_of(folder)["line"]
    assert [o.rule for o in review.outcomes if o.outcome == "failed"] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_what_an_officer_would_surely_raise_is_found(folder: Path, reviews: dict[Path, Review]) -> None:
    review = reviews[folder]
    text = review.draft.text
    missed = [
        item["why"]
        for item in expected_of(folder)["labels"]
        if item["certainty"] == "sure" and not any(meets(f, item, text) for f in review.findings)
    ]
    assert missed == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_what_only_looks_wrong_is_not_raised(folder: Path, reviews: dict[Path, Review]) -> None:
    review = reviews[folder]
    expected = expected_of(folder)
    raised = [
        (item["why"], f.rule) for item in expected["traps"] for f in review.findings
        if meets(f, item, review.draft.text)
    ]
    assert raised == []
    if not expected["labels"]:
        assert [f.rule for f in review.findings if f.severity != Severity.ADVICE] == []
