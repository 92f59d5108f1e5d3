"""公平竞争审查表 among the papers of a matter: as the officers decided, for the lines that make policy."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import office_desk as own
import pytest
from test_comments import target, upload
from test_fair_competition_form import POLICY, words

from reviewer.domain import Line, Severity
from reviewer.errors import UsageError
from reviewer.exports._fair_competition_items import groups
from reviewer.office import comments, fair_competition, rule_decisions
from reviewer.office.comment_records import Comment, Wording
from reviewer.office.records import ForbiddenError, Matter
from reviewer.office.sheet import open_sheet
from reviewer.office_rules import Decision

ITEM = "flow-procurement"


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


@pytest.fixture
def matter(desk: own.Desk) -> Matter:
    made = own.draft(desk, line=Line.NORMATIVE, title="产业发展若干措施")
    upload(desk, made, POLICY, "措施.txt")
    for key in own.PATHS["reviewing"]:
        made = own.go(desk, made, key)
    return made


def item_rules() -> tuple[str, ...]:
    return next(i.rules for g in groups() for i in g.items if i.key == ITEM)


def local_materials(desk: own.Desk, matter: Matter) -> list[Comment]:
    """What the machine says about 优先选用本地建材."""
    found = [c for c in open_sheet(desk.office, desk.handler, matter.id).comments if c.rule in item_rules()]
    assert found
    return found


def row(desk: own.Desk, matter: Matter) -> tuple[str, str]:
    """Result and details of the item, from the paper as it is given out."""
    _, made = fair_competition.form(desk.office, desk.handler, matter.id)
    text = next(i.text for g in groups() for i in g.items if i.key == ITEM)
    lines = (r for table in docx.Document(io.BytesIO(made)).tables for r in table.rows)
    found = next([c.text for c in r.cells] for r in lines if r.cells[1].text == text)
    return found[2], found[3]


def test_the_form_names_the_drafting_unit_and_says_what_nobody_decided_on(desk: own.Desk, matter: Matter) -> None:
    name, made = fair_competition.form(desk.office, desk.handler, matter.id)
    text = words(made)
    assert name == "产业发展若干措施公平竞争审查表.docx" and "甲局" in text and "条机审意见尚未经审查人员处理" in text
    assert row(desk, matter)[0] == "发现问题"


def test_what_was_dismissed_is_not_in_the_form_and_the_row_says_why(desk: own.Desk, matter: Matter) -> None:
    found = local_materials(desk, matter)
    for one in found:
        comments.dismiss(desk.office, desk.handler, target(one), "仅为表述举例")
    result, details = row(desk, matter)
    assert result == "未发现" and "审查人员认定不是问题（仅为表述举例）" in details and "优先选用" not in details


def test_an_edited_opinion_stands_in_the_words_of_the_officer(desk: own.Desk, matter: Matter) -> None:
    first = local_materials(desk, matter)[0]
    words_of_officer = Wording(Severity.RISK, "限制商品流通", "不得优先本地产品", "删去“优先选用本地建材”")
    comments.accept(desk.office, desk.handler, target(first), words_of_officer)
    result, details = row(desk, matter)
    assert result == "发现问题" and "［风险］" in details and "限制商品流通。建议：删去“优先选用本地建材”" in details


def test_a_rule_that_the_office_stopped_is_left_to_a_person(desk: own.Desk, matter: Matter) -> None:
    rule = local_materials(desk, matter)[0].rule
    rule_decisions.decide(desk.office, desk.admin, rule, Decision.OFF, "误报多")
    assert "本单位停用了1条规则，须由人审查" in row(desk, matter)[1]


def test_only_officers_get_it_and_only_for_policy(desk: own.Desk, matter: Matter) -> None:
    for person in (desk.applicant, desk.stranger, desk.admin):
        with pytest.raises(ForbiddenError):
            fair_competition.form(desk.office, person, matter.id)
    with pytest.raises(UsageError, match="不是政策措施"):
        fair_competition.form(desk.office, desk.handler, own.at(desk, "submitted", line=Line.ENFORCEMENT).id)


def test_a_text_that_was_not_reviewed_has_no_form(desk: own.Desk) -> None:
    with pytest.raises(UsageError, match="还没有完成机审"):
        fair_competition.form(desk.office, desk.handler, own.at(desk, "submitted", line=Line.NORMATIVE).id)
