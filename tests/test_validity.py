"""From when and how long a document applies, read from its own words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from reviewer.checkers import validity, validity_statements
from reviewer.domain import Draft, Line
from reviewer.handbook import example_document
from reviewer.pipeline import Engine

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def draft_of(engine: Engine, text: str) -> Draft:
    return engine.understand(example_document(text), Line.NORMATIVE, "规范性文件")


def seen(engine: Engine, text: str, look: str, **more: object) -> list[str]:
    draft = draft_of(engine, text)
    options = validity.Options(look=look, **more)  # type: ignore[arg-type]
    return [m.span.of(text) for m in validity.find(draft, options, engine.knowledge(TODAY))]


@pytest.mark.parametrize(
    ("clause", "months", "until"),
    [
        ("本办法自2027年1月1日起施行，有效期5年。", 60, None),
        ("本办法自2027年1月1日起施行，有效期为三年。", 36, None),
        ("本办法自2027年1月1日起施行，有效期至2031年12月31日。", None, dt.date(2031, 12, 31)),
        ("本办法自2027年1月1日起施行，有效期至2031年6月。", None, dt.date(2031, 6, 30)),
        ("本通知自2027年1月1日起执行，试行18个月。", 18, None),
        ("本办法自2027年1月1日起施行，至2028年12月31日止。", None, dt.date(2028, 12, 31)),
        ("本办法自2027年1月1日起施行。有效期2年。", 24, None),
    ],
)
def test_validity_is_read_as_a_length_or_a_last_day(
    engine: Engine, clause: str, months: int | None, until: dt.date | None
) -> None:
    found = validity_statements.validities(draft_of(engine, clause))
    assert [(v.months, v.until) for v in found] == [(None if months is None else Decimal(months), until)]


@pytest.mark.parametrize(
    "clause",
    [
        "中试平台有效期为三年，期满可以申请复核。",
        "自本办法实施之日起申领的优待凭证设置2年有效期。",
        "有效期届满前一个月内可以办理续期手续。",
        "执业证书有效期至2027年6月30日。",
        "继续实施阶段性降低费率的政策，执行期限至2025年12月31日。",
    ],
)
def test_validity_of_other_things_is_not_that_of_the_document(engine: Engine, clause: str) -> None:
    assert validity_statements.validities(draft_of(engine, clause)) == ()


@pytest.mark.parametrize(
    ("clause", "date", "delay"),
    [
        ("本办法自2027年3月1日起施行。", dt.date(2027, 3, 1), None),
        ("本办法由区财政局负责解释，自印发之日起执行。", dt.date(2026, 5, 10), 0),
        ("本办法自公布之日起30日后施行。", dt.date(2026, 6, 9), 30),
        ("第九条　本规则自2027年3月1日起正式实施。", dt.date(2027, 3, 1), None),
    ],
)
def test_start_is_a_date_or_counted_from_the_issue(
    engine: Engine, clause: str, date: dt.date, delay: int | None
) -> None:
    text = f"某区停车管理办法\n（2026年5月10日）\n{clause}"
    assert [(s.date, s.delay) for s in validity_statements.starts(draft_of(engine, text))] == [(date, delay)]


def test_start_of_another_law_does_not_count(engine: Engine) -> None:
    assert validity_statements.starts(draft_of(engine, "《行政处罚法》自2021年7月15日起施行，各单位应当学习。")) == ()


def test_years_are_counted_from_the_day_of_issue(engine: Engine) -> None:
    text = "某区救助工作的通知\n（2021年4月13日）\n本通知自印发之日起施行，有效期5年。"
    assert seen(engine, text, "expired") == ["有效期5年"]
    assert seen(engine, text.replace("2021年", "2022年"), "expired") == []


def test_validity_ends_the_day_before_the_anniversary(engine: Engine) -> None:
    text = "本办法自2021年11月{}日起施行，有效期5年。"
    assert seen(engine, text.format(21), "expired") == ["有效期5年"]
    assert seen(engine, text.format(22), "expired") == []


def test_missing_validity_stands_at_the_clause_of_effect_and_names_the_key(engine: Engine) -> None:
    draft = draft_of(engine, "某区停车管理办法\n第九条 本办法自2027年1月1日起施行。")
    [match] = validity.find(draft, validity.Options(look="missing"), engine.knowledge(TODAY))
    assert match.clause == "validity_period"
    assert match.span.of(draft.text) == "自2027年1月1日起施行"


def test_orders_of_governments_and_excepted_issuers_need_no_validity(engine: Engine) -> None:
    order = "某市老年人优待办法\n某市人民政府令\n第179号\n第九条 本办法自2021年5月1日起施行。"
    assert seen(engine, order, "missing") == []
    state = "国务院关于印发扣除暂行办法的通知\n第九条 本办法自2019年1月1日起施行。"
    assert seen(engine, state, "missing", except_of=("国务院",)) == []


def test_a_last_day_that_the_years_do_not_lead_to_is_a_conflict(engine: Engine) -> None:
    assert seen(engine, "本办法自2027年1月1日起施行，有效期5年，至2029年12月31日。", "conflict") == [
        "有效期5年，至2029年12月31日"
    ]
    assert seen(engine, "本办法自2027年1月1日起施行，有效期5年，至2031年12月31日。", "conflict") == []


@pytest.mark.parametrize(("years", "expected"), [(5, []), (2, ["有效期三年"])])
def test_length_is_compared_with_the_limit(engine: Engine, years: int, expected: list[str]) -> None:
    assert seen(engine, "本办法自2027年1月1日起施行，有效期三年。", "longer", years=years) == expected


def test_an_undated_draft_that_takes_effect_in_the_past_is_seen_and_an_issued_one_is_not(engine: Engine) -> None:
    text = "某区停车管理办法\n第一条 制定本办法。\n第二条 停车应当缴费。\n第三条 本办法自2025年1月1日起施行。"
    assert seen(engine, text, "past") == ["自2025年1月1日起施行"]
    assert seen(engine, text + "\n某区人民政府\n2024年11月20日", "past") == []


def test_a_measure_whose_own_last_day_is_over_is_seen(engine: Engine) -> None:
    assert seen(engine, "降低费率的执行期限至2025年12月31日。", "lapsed") == ["执行期限至2025年12月31日"]
    assert seen(engine, "降低费率的执行期限至2027年12月31日。", "lapsed") == []


def test_a_trial_of_unsaid_length_is_seen_at_the_title(engine: Engine) -> None:
    articles = "\n第一条 制定本标准。\n第二条 按照本标准补偿。\n第三条 由市财政局负责解释。"
    assert seen(engine, "某市补偿支出标准（试行）" + articles, "missing") == ["某市补偿支出标准（试行）"]
    assert seen(engine, "某市补偿支出标准（试行）" + articles + "\n第四条 试行期二年。", "missing") == []


def test_a_draft_without_a_date_is_valid_too_long_counted_from_its_review(engine: Engine) -> None:
    text = "某区资金管理办法\n第一条 制定本办法。\n第二条 本办法自印发之日起施行，有效期至2035年12月31日。"
    assert seen(engine, text, "longer") == ["有效期至2035年12月31日"]


def test_an_aim_for_a_year_that_is_over_is_seen(engine: Engine) -> None:
    assert seen(engine, "某市殡葬管理细则\n第四条 到2020年，实现火化区全覆盖。", "target") == ["到2020年，"]
    assert seen(engine, "某市殡葬管理细则\n第四条 到2035年，实现火化区全覆盖。", "target") == []
