"""Rules that can never fire, that others hide, whose law has changed; and what an office decided on a rule."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewer.checkers import pattern
from reviewer.cli import main
from reviewer.domain import Rule, Severity, When
from reviewer.laws import ArticleMove, Law, LawCatalogue, LawVersion
from reviewer.office.rule_record import rule_record
from reviewer.office.store import Writing, open_store
from reviewer.pattern_samples import samples
from reviewer.patterns import signs_of
from reviewer.pipeline import Engine
from reviewer.scan import literal_scanner
from reviewer.upkeep import problems

ON = dt.date(2026, 11, 21)


def rule(name: str, *signs: str, severity: Severity = Severity.RISK, **more: object) -> Rule:
    options = pattern.Options(any=signs, unless=more.pop("unless", ()))  # type: ignore[arg-type]
    values = {
        "hit": ("乙方应当⟦缴纳蓝色押金⟧。", "⟦缴纳蓝色押金⟧后入场。"), "clean": ("乙方入场。", "甲方入场。"),
        "basis": ("《民法典》第五百八十六条",), "message": "不应当有押金", "suggestion": "删除",
    }  # fmt: skip
    return Rule(
        id=f"contract/payment/{name}", line="contract", title="押金", category="payment", checker="pattern",
        options=options, severity=severity, **(values | more),  # type: ignore[arg-type]
    )  # fmt: skip


def handbook(engine: Engine, *rules: Rule) -> Engine:
    """The engine with these rules only, looking for their literals."""
    words = {word for r in rules for p in r.options.any for sign in signs_of(p) for word in sign}
    return replace(engine, lexicon=replace(engine.lexicon, rules=rules), scan=literal_scanner(sorted(words)))


def said(engine: Engine, own: Rule, *others: Rule, since: dt.date | None = None) -> str:
    return "\n".join(problems(handbook(engine, own, *others), own, ON, since))


def test_a_sound_rule_has_no_problems(engine: Engine) -> None:
    assert said(engine, rule("sound", "缴纳蓝色押金", "(?:交付|支付)[^。；]{0,6}蓝色押金(?!条)")) == ""


@pytest.mark.parametrize(
    "dead",
    [
        "蓝色押金。退还",  # no sentence goes on after its end
        "蓝色押金(?=退还)交付",
        "蓝色(?!押)押金",
        "(?<!蓝)蓝色(?<=红)押金",
    ],
)
def test_a_pattern_that_no_sentence_can_match_is_told(engine: Engine, dead: str) -> None:
    assert f"“{dead}”" in said(engine, rule("dead", "缴纳蓝色押金", dead))


def test_a_pattern_that_is_both_wanted_and_excluded_is_told(engine: Engine) -> None:
    told = said(engine, rule("both", "缴纳蓝色押金", "绿色押金", unless=("绿色押金",)))
    assert "any 与 unless 都有“绿色押金”" in told


def test_a_precondition_that_excludes_itself_is_told(engine: Engine) -> None:
    told = said(engine, rule("never", "缴纳蓝色押金", when=When(any=("押金",), none=("押金",))))
    assert "永远不会启用" in told


def test_a_rule_that_a_graver_one_always_covers_is_told_with_its_name(engine: Engine) -> None:
    own, graver = rule("small", "缴纳蓝色押金"), rule("grave", "缴纳蓝色押金", severity=Severity.ILLEGAL)
    assert "被 contract/payment/grave 遮住" in said(engine, own, graver)
    assert said(engine, graver, own) == ""


def test_a_rule_that_is_seen_on_one_of_its_examples_is_not_hidden(engine: Engine) -> None:
    own = rule("small", "缴纳蓝色押金")
    graver = rule("grave", "乙方应当缴纳蓝色押金", severity=Severity.ILLEGAL)
    assert said(engine, own, graver) == ""


def changing(engine: Engine, **more: object) -> Engine:
    law = Law("中华人民共和国押金法", ("押金法",), "法律", effective=dt.date(2020, 1, 1), articles=50, **more)  # type: ignore[arg-type]
    moves = {"中华人民共和国押金法(2020)": (ArticleMove(5, 9, law.title, True, "押金上限"),)}
    versions = {law.title: (LawVersion(2020, dt.date(2020, 1, 1), 40), LawVersion(2026, dt.date(2026, 3, 1), 50),
                            LawVersion(2027, dt.date(2027, 3, 1), 50))}  # fmt: skip
    return replace(engine, catalogue=LawCatalogue((law,), moves, versions=versions))


def test_a_basis_with_the_number_of_an_earlier_version_is_told_with_the_new_number(engine: Engine) -> None:
    own = rule("old", "缴纳蓝色押金", basis=("《押金法》第五条",), message="超过押金上限")
    assert "2020年文本的条号，规则所说的内容现为第九条" in said(changing(engine), own)
    current = replace(own, basis=("《押金法》第九条",))
    assert "条号，规则所说" not in said(changing(engine), current)


def test_a_version_to_come_and_a_coming_repeal_are_told(engine: Engine) -> None:
    own = rule("coming", "缴纳蓝色押金", basis=("《押金法》第九条",))
    told = said(changing(engine, repealed=True, repealed_on=dt.date(2028, 1, 1)), own)
    assert "自2027-03-01起施行2027年文本" in told
    assert "将于2028-01-01废止" in told


def test_changes_after_a_day_are_listed_only_when_asked(engine: Engine) -> None:
    own = rule("since", "缴纳蓝色押金", basis=("《押金法》第九条",))
    assert "在2026-03-01修改或者施行" in said(changing(engine), own, since=dt.date(2026, 1, 1))
    assert "修改或者施行" not in said(changing(engine), own, since=dt.date(2026, 4, 1))
    assert "修改或者施行" not in said(changing(engine), own)


@pytest.mark.parametrize(
    "wanted", ["甲方|乙方", "[一二三]个月", "(?:预付|定金)[^。]{2,5}元", r"\d{2,4}万元", "(押金)退还\\1", "[^甲]方"]
)
def test_samples_of_plain_patterns_match_them(wanted: str) -> None:
    made = list(samples(wanted, 30))
    assert made and all(re.search(wanted, text) for text in made)
    assert made == list(samples(wanted, 30))


def test_the_command_looks_deeper_when_asked() -> None:
    file = str(Path(__file__).parents[1] / "lexicons" / "rules" / "common" / "blank.yaml")
    done = CliRunner().invoke(main, ["rules", "test", "--deep", "--since", "2026-01-01", file])
    assert done.exit_code in (0, 1)
    assert re.search(r"测试 \d+ 条规则", done.output)


RULE = "contract/payment/paid-when-paid"


def file_under_review(db: Writing) -> tuple[int, int]:
    """A matter with one file and a person; their ids."""
    now = "2026-11-20T09:00:00.000+08:00"
    unit = db.insert("units", {"name": "甲局"})
    user = db.insert("users", {
        "account": "a", "name": "甲", "unit_id": unit, "roles": "[]", "password": "", "must_change": 0,
        "feed_token": "t", "created_at": now,
    })  # fmt: skip
    matter = db.insert("matters", {
        "title": "合同", "line": "contract", "unit_id": unit, "applicant_id": user, "state": "reviewing",
        "procedure": "ordinary", "created_at": now, "updated_at": now, "updated_by": "甲",
    })  # fmt: skip
    file = db.insert("files", {
        "matter_id": matter, "material": "text", "name": "合同.docx", "sha256": "0" * 64, "size": 1, "version": 1,
        "uploaded_by": "甲", "uploaded_at": now,
    })  # fmt: skip
    for places in (3, 2):  # reviewed twice: the earlier findings do not count
        review = db.insert("reviews", {"matter_id": matter, "file_id": file, "status": "done"})
        for n in range(places):
            db.insert("findings", {
                "review_id": review, "fingerprint": f"f{n}", "rule": RULE, "category": "payment",
                "category_name": "付款", "severity": "risk", "start": 0, "end": 1, "place": "第一条", "title": "付款",
                "excerpt": "付", "message": "", "suggestion": "", "basis": "[]", "because": "", "confidence": 0.9,
            })  # fmt: skip
    for n, (status, reason, answer) in enumerate((("accepted", "", "accepted"), ("dismissed", "已另有约定", ""))):
        db.insert("comments", {
            "matter_id": matter, "file_id": file, "origin": "machine", "fingerprint": f"f{n}", "rule": RULE,
            "severity": "risk", "title": "付款", "text": "", "status": status, "reason": reason, "answer": answer,
            "created_by": user, "created_name": "甲", "created_at": now, "updated_by": "甲", "updated_at": now,
        })  # fmt: skip
    return matter, user


def test_the_record_of_a_rule_counts_what_the_office_and_the_unit_decided(tmp_path: Path) -> None:
    with open_store(tmp_path).writing() as db:
        file_under_review(db)
    record = rule_record(tmp_path, RULE)
    assert record is not None
    assert record.in_words == "提出2处，已采用1处，误报1处；送审单位采纳1处"
    shown = CliRunner().invoke(main, ["rules", "show", RULE, "--data", str(tmp_path)])
    assert "处置记录：提出2处" in shown.output and "误报理由：已另有约定" in shown.output
    other = rule_record(tmp_path, "contract/payment/other")
    assert other is not None and (other.findings, other.accepted, other.dismissed) == (0, 0, 0)


def test_a_folder_without_an_office_has_no_record(tmp_path: Path) -> None:
    assert rule_record(tmp_path, RULE) is None
    shown = CliRunner().invoke(main, ["rules", "show", RULE, "--data", str(tmp_path)])
    assert shown.exit_code == 0 and "处置记录" not in shown.output
    assert list(tmp_path.iterdir()) == []
