"""Citations: titles with and without 《》, articles, short names, back references, document numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.domain import Citation, Level, Provision, Span, fold
from reviewer.law_files import load_catalogue
from reviewer.laws import LawCatalogue
from reviewer.understanding.article_numbers import article_numbers
from reviewer.understanding.citations import find_citations

LAWS = Path(__file__).parent.parent / "lexicons" / "laws"
PRC = "中华人民共和国"


@pytest.fixture(scope="module")
def catalogue() -> LawCatalogue:
    return load_catalogue(LAWS)


def cited(text: str, catalogue: LawCatalogue, provisions: tuple[Provision, ...] = ()) -> tuple[Citation, ...]:
    return find_citations(text, fold(text), provisions, catalogue)


def brief(text: str, catalogue: LawCatalogue) -> list[tuple[str, str | None, int | None]]:
    """(words as they stand in the text, law without 中华人民共和国, article)."""
    return [(c.span.of(text), c.law and c.law.removeprefix(PRC), c.article) for c in cited(text, catalogue)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第三条、第五条和第七条", [(3, None, None), (5, None, None), (7, None, None)]),
        ("第十二条至第十五条", [(12, None, None), (15, None, None)]),
        ("五十三条、五十四条", [(53, None, None), (54, None, None)]),
        ("第三、五条", [(3, None, None), (5, None, None)]),
        ("第12-15条", [(12, None, None), (15, None, None)]),
        ("第三条第二款第（一）项", [(3, 2, 1)]),
        ("第三十九条第一款、第三款第（二）项", [(39, 1, None), (39, 3, 2)]),
        ("第１１４条", [(114, None, None)]),
        ("第一千二百六十条", [(1260, None, None)]),
    ],
)
def test_article_numbers_are_read_with_paragraph_and_item(
    text: str, numbers: list[tuple[int, int | None, int | None]]
) -> None:
    assert [(n.article, n.paragraph, n.item) for n in article_numbers(fold(text), 0)] == numbers


@pytest.mark.parametrize("text", ["条款如下", "三项要求", "第二款", "一式三份"])
def test_words_that_are_no_article_give_nothing(text: str) -> None:
    assert article_numbers(fold(text), 0) == ()


def test_a_quoted_title_takes_the_article_that_follows(catalogue: LawCatalogue) -> None:
    text = "根据《中华人民共和国政府采购法》（2014年修正）第三条第二款第（一）项的规定"
    (citation,) = cited(text, catalogue)
    assert citation.span.of(text) == "《中华人民共和国政府采购法》（2014年修正）第三条第二款第（一）项"
    assert (citation.law, citation.article, citation.paragraph, citation.item) == (PRC + "政府采购法", 3, 2, 1)
    assert (citation.version, citation.kind) == ("2014", "quoted")
    assert citation.article_span is not None and citation.article_span.of(text) == "第三条第二款第（一）项"


def test_a_list_of_articles_is_one_citation_each(catalogue: LawCatalogue) -> None:
    text = "依据《行政强制法》第五十三条、五十四条申请执行"
    assert brief(text, catalogue) == [("《行政强制法》第五十三条", "行政强制法", 53), ("五十四条", "行政强制法", 54)]
    assert [c.kind for c in cited(text, catalogue)] == ["quoted", "listed"]


def test_in_a_row_of_titles_only_the_last_takes_the_article(catalogue: LawCatalogue) -> None:
    assert brief("《民法典》《建筑法》、《安全生产法》第三条", catalogue) == [
        ("《民法典》", "民法典", None), ("《建筑法》", "建筑法", None), ("《安全生产法》第三条", "安全生产法", 3),
    ]  # fmt: skip


def test_a_nested_title_is_one_citation(catalogue: LawCatalogue) -> None:
    outer = "《最高人民法院关于适用〈中华人民共和国民法典〉合同编通则若干问题的解释》"
    assert brief(f"依照{outer}第十条", catalogue) == [
        (f"{outer}第十条", "最高人民法院关于适用《中华人民共和国民法典》合同编通则若干问题的解释", 10)
    ]
    doubled = "《最高人民法院关于适用《民法典》合同编通则若干问题的解释》"
    assert [c.span.of(doubled) for c in cited(doubled, catalogue)] == [doubled]


def test_a_title_broken_over_lines_is_still_found(catalogue: LawCatalogue) -> None:
    (citation,) = cited("依照《中华人民共和国\n合 同 法》第１１４条", catalogue)
    assert (citation.title, citation.law, citation.article) == (PRC + "合同法", PRC + "合同法", 114)


def test_an_unclosed_title_does_not_swallow_the_next_one(catalogue: LawCatalogue) -> None:
    assert brief("根据《合同法的规定，以及《建筑法》第三条", catalogue) == [("《建筑法》第三条", "建筑法", 3)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("用人单位违反劳动合同法第三十九条", [("劳动合同法第三十九条", "劳动合同法", 39)]),
        ("按政府采购法实施条例第三条执行", [("政府采购法实施条例第三条", "政府采购法实施条例", 3)]),
        ("根据民法典第五百八十五条", [("民法典第五百八十五条", "民法典", 585)]),
        ("依照招标投标法、政府采购法和建筑法的规定",
         [("招标投标法", "招标投标法", None), ("政府采购法", "政府采购法", None), ("建筑法", "建筑法", None)]),
        ("依据民诉法第一百条", [("民诉法第一百条", "民事诉讼法", 100)]),
    ],
)  # fmt: skip
def test_a_bare_name_is_the_longest_known_one(
    text: str, found: list[tuple[str, str | None, int | None]], catalogue: LawCatalogue
) -> None:
    assert brief(text, catalogue) == found


@pytest.mark.parametrize(
    "text",
    ["合同法律关系由双方确认", "根据有关法律法规", "劳动合同法定解除情形", "本合同法律顾问由甲方聘请",
     "根据某某合同法第三条", "政府采购法实施细则另行制定", "乙方应当合法经营", "按照上述办法执行"],
)  # fmt: skip
def test_words_that_only_contain_a_name_are_no_citation(text: str, catalogue: LawCatalogue) -> None:
    assert brief(text, catalogue) == []


def test_a_national_law_that_does_not_exist_is_reported_as_unknown(catalogue: LawCatalogue) -> None:
    assert brief("根据中华人民共和国经济法的规定", catalogue) == [("中华人民共和国经济法", None, None)]


def test_a_short_name_that_the_draft_defines_stands_for_the_full_title(catalogue: LawCatalogue) -> None:
    text = "根据《中华人民共和国政府采购法》（以下简称“采购法”），符合采购法第二十六条。《采购法》第三条另有规定。"
    assert brief(text, catalogue) == [
        ("《中华人民共和国政府采购法》", "政府采购法", None),
        ("采购法第二十六条", "政府采购法", 26),
        ("《采购法》第三条", "政府采购法", 3),
    ]


def test_the_short_name_inside_its_definition_is_no_second_citation(catalogue: LawCatalogue) -> None:
    assert len(cited("根据《中华人民共和国中外合资经营企业法》（以下简称《合资法》）订立", catalogue)) == 1


def test_a_back_reference_means_the_latest_law_of_its_type(catalogue: LawCatalogue) -> None:
    text = "按照《政府采购法》《优化营商环境条例》办理，该法第三条、该条例第五条另有规定。"
    assert [(c.span.of(text), c.law, c.article) for c in cited(text, catalogue) if c.kind == "back_reference"] == [
        ("该法第三条", PRC + "政府采购法", 3), ("该条例第五条", "优化营商环境条例", 5),
    ]  # fmt: skip


def test_a_back_reference_does_not_cross_a_paragraph_or_provision(catalogue: LawCatalogue) -> None:
    text = "第一条 适用《优化营商环境条例》。\n第二条 该条例第五条另有规定。"
    second = text.index("第二条")
    provisions = tuple(
        Provision(Level.ARTICLE, n, label, "", span, label)
        for n, label, span in ((1, "第一条", Span(0, second - 1)), (2, "第二条", Span(second, len(text))))
    )
    assert [c.kind for c in cited(text, catalogue, provisions)] == ["quoted"]
    assert [c.kind for c in cited(text, catalogue)] == ["quoted"]
    wrapped = "第一条 适用《优化营商环境条例》，\n该条例第五条另有规定。"
    whole = (Provision(Level.ARTICLE, 1, "第一条", "", Span(0, len(wrapped)), "第一条"),)
    assert [c.kind for c in cited(wrapped, catalogue, whole)] == ["quoted", "back_reference"]
    assert [c.kind for c in cited(wrapped.replace("，\n", "，\n\n"), catalogue, whole)] == ["quoted"]


@pytest.mark.parametrize("number", ["国办发〔2018〕37号", "国办发[2018] 37号", "国办发（2018）37号"])
def test_a_document_number_alone_finds_the_document(number: str, catalogue: LawCatalogue) -> None:
    (citation,) = cited(f"根据{number}的要求", catalogue)
    assert citation.law == "国务院办公厅关于加强行政规范性文件制定和监督管理工作的通知"
    assert citation.kind == "number"


def test_a_number_beside_a_title_belongs_to_it(catalogue: LawCatalogue) -> None:
    (citation,) = cited("《某区资金管理办法》（某政发〔2022〕3号）第五条", catalogue)
    assert (citation.number, citation.law, citation.article) == ("某政发〔2022〕3号", None, 5)


def test_the_documents_own_number_is_no_citation(catalogue: LawCatalogue) -> None:
    assert cited("某区人民政府文件\n国办发〔2018〕37号\n关于某事的通知", catalogue) == ()


def test_the_title_that_a_notice_sends_out_is_its_own(catalogue: LawCatalogue) -> None:
    text = "现将《某区资金管理办法》印发给你们。\n\n《某区资金管理办法》第三条另有规定，《中国日报》刊登公告。"
    assert [(c.title, c.kind) for c in cited(text, catalogue)] == [
        ("某区资金管理办法", "self"), ("某区资金管理办法", "self"), ("中国日报", "document"),
    ]  # fmt: skip


def test_a_title_issued_by_a_notice_resolves_to_what_it_issues(catalogue: LawCatalogue) -> None:
    (citation,) = cited("按照《关于印发〈建设工程质量保证金管理办法〉的通知》执行", catalogue)
    assert citation.law == "建设工程质量保证金管理办法"


def test_a_local_document_stays_unknown(catalogue: LawCatalogue) -> None:
    (citation,) = cited("符合《某某市物业管理实施办法》第三条", catalogue)
    assert (citation.law, citation.kind, citation.article) == (None, "quoted", 3)


def test_offsets_hold_in_a_long_text_with_full_width_characters(catalogue: LawCatalogue) -> None:
    text = "　　甲方：＿＿＿＿（以下简称甲方）\n" * 50 + "依照《中华人民共和国民法典》第５８５条执行"
    (citation,) = cited(text, catalogue)
    assert citation.span.of(text) == "《中华人民共和国民法典》第５８５条"
    assert citation.article == 585
