"""Contracts compared clause by clause, and the model contracts that we ship."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewer.cli import main
from reviewer.comparing import Comparison, Status, compare, difference, template_names, template_path
from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.pipeline import Engine
from reviewer.readers import read

TEMPLATE = "委托咨询"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """The model contract with words exchanged; each must be in it once."""
    text = template_path(TEMPLATE).read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "合同.txt"
    path.write_text(text, encoding="utf-8")
    return path


def compared(engine: Engine, path: Path) -> Comparison:
    model = engine.understand(read(template_path(TEMPLATE)), Line.CONTRACT)
    return compare(engine.understand(read(path), Line.CONTRACT), model, engine.clause_model)


def difference_of(old: str, new: str) -> list[tuple[str, str]]:
    return [(p.change, p.text) for p in difference(old, new)]


def test_a_contract_is_the_same_as_itself(engine: Engine) -> None:
    result = compared(engine, template_path(TEMPLATE))
    assert {p.status for p in result.pairs} == {Status.SAME}
    assert len(result.pairs) == 20, "the head and nineteen articles"


def test_what_fills_a_blank_is_no_change(engine: Engine, tmp_path: Path) -> None:
    path = changed(tmp_path, ("咨询费总额为人民币____元（大写：____元整），税率____%",
                              "咨询费总额为人民币180000元（大写：壹拾捌万元整），税率6%"))  # fmt: skip
    assert {p.status for p in compared(engine, path).pairs} == {Status.SAME}


def test_a_changed_word_is_shown_in_its_clause(engine: Engine, tmp_path: Path) -> None:
    path = changed(tmp_path, ("咨询费总额的万分之五支付违约金", "咨询费总额的百分之三支付违约金"))
    result = compared(engine, path)
    [pair] = [p for p in result.pairs if p.status != Status.SAME]
    assert pair.status == Status.CHANGED and pair.draft is not None and pair.draft.heading == "违约责任"
    changes = [(p.change, p.text) for p in pair.pieces if p.change != "equal"]
    assert changes == [("deleted", "万分之五"), ("inserted", "百分之三")]


def test_a_clause_left_out_is_missing_and_a_new_one_is_added(engine: Engine, tmp_path: Path) -> None:
    text = template_path(TEMPLATE).read_text(encoding="utf-8")
    before, rest = text.split("第十二条　保密")
    after = rest[rest.index("第十三条") :]
    path = tmp_path / "合同.txt"
    path.write_text(before + "第十二条　党建共建\n双方党组织每季度开展一次联合学习。\n" + after, encoding="utf-8")
    result = compared(engine, path)
    missing = [p.model.heading for p in result.pairs if p.status == Status.MISSING and p.model]
    added = [p.draft.heading for p in result.pairs if p.status == Status.ADDED and p.draft]
    assert (missing, added) == (["保密"], ["党建共建"])
    assert result.count(Status.SAME) == 19


def test_a_clause_is_found_in_another_order_and_under_a_heading_that_misleads(
    engine: Engine, tmp_path: Path
) -> None:
    path = changed(tmp_path, ("条　通知与送达", "条　其他约定"), ("条　争议解决", "条　补充条款"))
    result = compared(engine, path)
    assert {p.status for p in result.pairs} == {Status.SAME}


def test_numbers_and_blanks_are_told_as_a_whole() -> None:
    assert difference_of("在30日内付款", "在90日内付款") == [
        ("equal", "在"), ("deleted", "30"), ("inserted", "90"), ("equal", "日内付款"),
    ]  # fmt: skip
    assert difference_of("总价____元整，含税", "总价壹万元整，含税") == [
        ("equal", "总价"), ("filled", "壹万元整"), ("equal", "，含税"),
    ]  # fmt: skip
    assert difference_of("甲方付款", "乙方在每年年底之前交还全部车辆钥匙") == [
        ("deleted", "甲方付款"), ("inserted", "乙方在每年年底之前交还全部车辆钥匙"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", template_names())
def test_a_model_contract_is_of_its_type_and_has_nothing_illegal_or_risky_but_blanks(
    engine: Engine, name: str
) -> None:
    review = engine.review_file(template_path(name), on=dt.date(2026, 11, 21))
    assert (review.draft.line, review.draft.type) == (Line.CONTRACT, name)
    assert [(f.rule, f.where, f.excerpt) for f in review.findings if f.category != "blank"] == []


def test_there_is_a_model_for_the_usual_contracts_and_an_unknown_one_is_told() -> None:
    assert len(template_names()) >= 8
    with pytest.raises(UsageError, match="货物采购"):
        template_path("../laws")


def test_the_command_prints_text_json_and_html(tmp_path: Path) -> None:
    path = changed(tmp_path, ("向甲方住所地人民法院提起诉讼", "向乙方住所地人民法院提起诉讼"))
    run = CliRunner().invoke(main, ["compare", str(path), "--template", TEMPLATE])
    assert run.exit_code == 1
    assert "一致 19 条，有改动 1 条，缺少 0 条，范本没有 0 条" in run.output
    assert "向[-甲方-]{+乙方+}住所地人民法院" in run.output
    report = json.loads(CliRunner().invoke(main, ["compare", str(path), "--format", "json"]).output)
    assert report["counts"] == {"same": 19, "changed": 1, "missing": 0, "added": 0}
    [clause] = [c for c in report["clauses"] if c["status"] == "changed"]
    text = read(path).text
    assert text[clause["document"]["start"] :].startswith("第十八条　争议解决")
    page = tmp_path / "对比.html"
    arguments = ["compare", str(path), str(template_path(TEMPLATE)), "--format", "html", "-o", str(page)]
    run = CliRunner().invoke(main, arguments)
    assert run.exit_code == 1
    html = page.read_text(encoding="utf-8")
    assert "<del>甲" in html and "<ins>乙" in html and "<script" not in html


def test_the_command_refuses_two_models_at_once(tmp_path: Path) -> None:
    path = template_path(TEMPLATE)
    run = CliRunner().invoke(main, ["compare", str(path), str(path), "--template", TEMPLATE])
    assert run.exit_code == 2 and "不能同时使用" in run.output
