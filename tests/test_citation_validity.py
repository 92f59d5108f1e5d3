"""Verdicts on citations: what the checkers say of a draft on a given date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from reviewer.checkers import citation_names, citation_validity
from reviewer.domain import Block, Document, Draft, Line, Match, Severity, Span, fold
from reviewer.law_files import load_catalogue
from reviewer.laws import LawCatalogue
from reviewer.lexicon import Knowledge, Lexicon
from reviewer.understanding.citations import find_citations
from reviewer.understanding.sentences import sentences_of

LAWS = Path(__file__).parent.parent / "lexicons" / "laws"
ON = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def catalogue() -> LawCatalogue:
    return load_catalogue(LAWS)


def draft_of(
    text: str, catalogue: LawCatalogue, dated: dt.date | None = None, line: Line = Line.NORMATIVE
) -> Draft:
    document = Document("文件", "", "txt", text, (Block(Span(0, len(text))),))
    citations = find_citations(text, fold(text), (), catalogue)
    return Draft(document, line, "", dated=dated, sentences=sentences_of(fold(text)), citations=citations)


def verdicts(
    text: str, verdict: str, catalogue: LawCatalogue, *, on: dt.date = ON, dated: dt.date | None = None,
    line: Line = Line.NORMATIVE,
) -> list[Match]:  # fmt: skip
    module = citation_names if verdict in ("wrong_name", "no_such_law") else citation_validity
    knowledge = Knowledge(Lexicon({}, {}, {}, {}, (), ""), catalogue, on, lambda text, start, end: True)
    options = msgspec.convert({"verdict": verdict}, module.Options)
    return list(module.find(draft_of(text, catalogue, dated, line), options, knowledge))


def test_a_repealed_law_names_its_successor_and_the_new_articles(catalogue: LawCatalogue) -> None:
    text = "违约金按照《合同法》第一百一十四条、第九十四条处理。"
    (match,) = verdicts(text, "repealed", catalogue)
    assert match.span.of(text) == "《合同法》第一百一十四条"
    assert match.values["状态"] == "已于2021年1月1日废止"
    assert match.values["改引"] == "《中华人民共和国民法典》第五百八十五条、第五百六十三条"
    assert match.basis == ("《中华人民共和国民法典》第一千二百六十条",)


def test_the_review_date_decides(catalogue: LawCatalogue) -> None:
    text = "依据《中华人民共和国环境保护法》，制定本办法。"
    assert verdicts(text, "repealed", catalogue, on=dt.date(2026, 8, 14)) == []
    assert len(verdicts(text, "repealed", catalogue, on=dt.date(2026, 8, 15))) == 1


def test_the_drafts_own_date_is_told(catalogue: LawCatalogue) -> None:
    text = "根据《中华人民共和国合同法》订立本合同。"
    (early,) = verdicts(text, "repealed", catalogue, dated=dt.date(2019, 5, 1))
    (late,) = verdicts(text, "repealed", catalogue, dated=dt.date(2022, 5, 1))
    assert "2019年5月1日时该文件尚未废止" in early.because
    assert "2022年5月1日时该文件已经废止" in late.because


def test_an_article_found_by_likeness_is_never_quoted_as_certain(catalogue: LawCatalogue) -> None:
    (match,) = verdicts("依据《环境保护法》第三条处理。", "repealed", catalogue)
    assert match.values["新条号"] == "" and match.values["改引"] == "《中华人民共和国生态环境法典》的相应规定"
    assert "未经人工核对，不能直接引用" in match.because


def test_a_repealed_law_in_an_enforcement_paper_is_applied_wrongly(catalogue: LawCatalogue) -> None:
    text = "依据《中华人民共和国大气污染防治法》第九十九条，决定处罚。"
    (match,) = verdicts(text, "repealed", catalogue, line=Line.ENFORCEMENT)
    assert match.severity == Severity.ILLEGAL


@pytest.mark.parametrize(
    "text",
    [
        "《中华人民共和国合同法》、《担保法》同时废止。",
        "《信访条例》（国务院令第431号）已被废止。",
        "原《合同法》第五十二条的内容由新法吸收。",
        "争议发生在2019年，适用当时有效的《合同法》。",
        "废止《城市房屋拆迁管理条例》。",
        "下列文件予以废止：\n1.《信访条例》\n2.《城市房屋拆迁管理条例》",
    ],
)
def test_a_law_named_only_as_ended_is_left_alone(text: str, catalogue: LawCatalogue) -> None:
    assert verdicts(text, "repealed", catalogue) == []


@pytest.mark.parametrize(
    "text",
    [
        "《某办法》同时废止。本办法依据《合同法》制定。",
        "根据《合同法》制定本办法，自印发之日起施行，《某办法》同时废止。",
        "下列合同适用规定：\n1.《合同法》",
    ],
)
def test_a_repeal_of_something_else_does_not_excuse_a_repealed_basis(text: str, catalogue: LawCatalogue) -> None:
    assert [m.span.of(text) for m in verdicts(text, "repealed", catalogue)] == ["《合同法》"]


def test_an_unknown_document_is_never_a_finding(catalogue: LawCatalogue) -> None:
    text = "根据《某某市物业服务管理若干规定》第九百条和《某局工作规则》办理。"
    for verdict in ("not_in_force", "superseded", "article_out_of_range", "renumbered", "wrong_name", "no_such_law"):
        assert verdicts(text, verdict, catalogue) == []


def test_a_version_of_next_year_is_not_yet_in_force(catalogue: LawCatalogue) -> None:
    text = "适用《商标法》（2026年修订）第三条。"
    (match,) = verdicts(text, "not_yet", catalogue)
    assert match.values["日期"] == "2027年1月1日"
    assert verdicts(text, "not_yet", catalogue, on=dt.date(2027, 1, 1)) == []
    assert verdicts("适用《商标法》第三条。", "not_yet", catalogue) == []


def test_a_law_before_its_day_is_not_yet_in_force(catalogue: LawCatalogue) -> None:
    text = "根据《中华人民共和国社会救助法》，制定本办法。"
    assert len(verdicts(text, "not_yet", catalogue, on=dt.date(2026, 6, 30))) == 1
    assert verdicts(text, "not_yet", catalogue, on=dt.date(2026, 7, 1)) == []


def test_an_old_article_number_needs_the_words_of_the_old_article(catalogue: LawCatalogue) -> None:
    text = "依据《行政处罚法》第五十一条第一项，每日按罚款数额的3%加处罚款。"
    (match,) = verdicts(text, "renumbered", catalogue)
    assert match.span.of(text) == "《行政处罚法》第五十一条第一项"
    assert match.values["新条号"] == "第七十二条"
    assert verdicts("依据《行政处罚法》第五十一条，当场作出处罚决定。", "renumbered", catalogue) == []
    assert verdicts("依据《行政处罚法》第五十一条，作出本决定。", "renumbered", catalogue) == []
    assert verdicts("依据《行政处罚法》第七十二条，每日按罚款数额的3%加处罚款。", "renumbered", catalogue) == []


def test_an_old_number_in_an_old_paper_is_less_certain(catalogue: LawCatalogue) -> None:
    text = "根据《行政处罚法》第四十二条，你有权要求听证。"
    (match,) = verdicts(text, "renumbered", catalogue, dated=dt.date(2020, 3, 1), line=Line.ENFORCEMENT)
    (today,) = verdicts(text, "renumbered", catalogue, line=Line.ENFORCEMENT)
    assert match.confidence < today.confidence
    assert match.severity is None and today.severity == Severity.ILLEGAL
    assert verdicts(text, "renumbered", catalogue, on=dt.date(2020, 3, 1)) == []


def test_an_article_beyond_the_last_one_is_found_in_a_list_too(catalogue: LawCatalogue) -> None:
    text = "适用《民法典》第五百条、第1300条。"
    (match,) = verdicts(text, "article_out_of_range", catalogue)
    assert match.span.of(text) == "第1300条"
    assert match.values["总条数"] == "1260"
    assert verdicts("适用《民法典》第一千二百六十条。", "article_out_of_range", catalogue) == []


def test_a_named_old_version_is_out_of_date(catalogue: LawCatalogue) -> None:
    (match,) = verdicts("依据《行政处罚法》（2017年修正）第五十一条。", "amended_version", catalogue)
    assert (match.values["现行版本"], match.values["新条号"]) == ("2021", "第七十二条")
    assert verdicts("依据《行政处罚法》（2021年修订）第五十一条。", "amended_version", catalogue) == []


def test_a_newer_law_beside_a_doubtful_one_settles_it(catalogue: LawCatalogue) -> None:
    assert len(verdicts("根据《社会救助暂行办法》制定。", "superseded", catalogue)) == 1
    assert verdicts("根据《社会救助法》《社会救助暂行办法》制定。", "superseded", catalogue) == []
    assert verdicts("根据《社会救助暂行办法》制定。", "superseded", catalogue, on=dt.date(2026, 6, 1)) == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("根据《中华人民共和国消费者权益保障法》", "《中华人民共和国消费者权益保护法》"),
        ("依照《城镇房地产管理法》办理", "《中华人民共和国城市房地产管理法》"),
        ("适用《医疗器械监督管理管理条例》", "《医疗器械监督管理条例》"),
    ],
)
def test_a_slip_in_a_name_is_put_right(text: str, right: str, catalogue: LawCatalogue) -> None:
    (match,) = verdicts(text, "wrong_name", catalogue)
    assert match.values["替代"] == right


@pytest.mark.parametrize(
    "text",
    ["根据《某市物业管理条例》", "根据《河道管理办法》", "参照《合同示范文本》", "根据《物业服务条例》",
     "依照《最高人民法院关于适用〈保险法〉若干问题的解释（五）》"],
)  # fmt: skip
def test_another_document_is_not_taken_for_a_slip(text: str, catalogue: LawCatalogue) -> None:
    assert verdicts(text, "wrong_name", catalogue) == []


def test_a_law_that_never_was_is_told(catalogue: LawCatalogue) -> None:
    assert len(verdicts("根据中华人民共和国经济法的规定", "no_such_law", catalogue)) == 1
    assert verdicts("根据《中华人民共和国某某管理办法》", "no_such_law", catalogue) == []
    assert verdicts("根据《中华人民共和国消费者权益保障法》", "no_such_law", catalogue) == []


def test_a_law_named_by_the_province_alone_is_no_slip_of_a_national_one(catalogue: LawCatalogue) -> None:
    assert verdicts("根据《省基本农田保护条例》，制定本办法。", "wrong_name", catalogue) == []


def test_the_number_tells_the_earlier_of_two_documents_with_one_title(catalogue: LawCatalogue) -> None:
    title = "《国务院办公厅关于印发保障农民工工资支付工作考核办法的通知》"
    old = verdicts(f"根据{title}（国办发〔2017〕96号），制定本办法。", "not_in_force", catalogue)
    new = verdicts(f"根据{title}（国办发〔2023〕33号），制定本办法。", "not_in_force", catalogue)
    assert [m.values["替代"] for m in old] == ["《保障农民工工资支付工作考核办法》（国办发〔2023〕33号）"]
    assert new == []


def test_a_title_that_is_not_that_of_its_number_is_seen(catalogue: LawCatalogue) -> None:
    text = "根据《国务院办公厅关于印发农民工工资考核办法的通知》（国办发〔2023〕33号），制定本细则。"
    assert [m.values["替代"] for m in verdicts(text, "wrong_name", catalogue)] == ["《保障农民工工资支付工作考核办法》"]
    right = "根据《保障农民工工资支付工作考核办法》（国办发〔2023〕33号），制定本细则。"
    assert verdicts(right, "wrong_name", catalogue) == []
