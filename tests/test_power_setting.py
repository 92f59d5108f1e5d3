"""Who may set what: the rank of a document, and when a provision only restates an upper law."""

from __future__ import annotations

import datetime as dt

import pytest

from reviewer.checkers.power_setting import Options, find, rank_of, statement_of
from reviewer.domain import Block, Document, Draft, Line, Span
from reviewer.laws import Law, LawCatalogue
from reviewer.lexicon import Knowledge, Lexicon
from reviewer.understanding.sentences import sentences_of

FINE = r"(?P<at>处[^，。；]{0,14}罚款)"
DUTY = r"(?P<at>应当加入[^，。；]{0,8}协会)"


def draft_of(text: str, title: str = "某区市容管理办法") -> Draft:
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(Block(Span(start, start + len(line))))
        start += len(line) + 1
    document = Document("例", "0" * 64, "txt", text, tuple(blocks))
    return Draft(document, Line.NORMATIVE, "规范性文件", title=title, sentences=sentences_of(document.folded))


def places(text: str, options: Options, title: str = "某区市容管理办法") -> list[str]:
    lexicon = Lexicon({}, {}, {}, {}, (), "")
    knowledge = Knowledge(lexicon, LawCatalogue((), {}), dt.date(2026, 11, 21), lambda *_: True)
    return [m.span.of(text) for m in find(draft_of(text, title), options, knowledge)]


@pytest.mark.parametrize(
    ("head", "title", "rank"),
    [
        ("某市人民政府令\n第12号\n某市市容管理办法", "某市市容管理办法", "地方政府规章"),
        ("某市市容管理办法\n根据《市容条例》（某省人民政府令第12号）制定", "某市市容管理办法", "规范性文件"),
        ("中华人民共和国国务院令\n第707号", "个人所得税法实施条例", "行政法规"),
        ("某部令第5号\n某某规定", "某某规定", "部门规章"),
        ("某市养犬管理条例\n第一条", "某市养犬管理条例", "地方性法规"),
        ("国务院办公厅关于加强监管的通知", "国务院办公厅关于加强监管的通知", "国务院文件"),
        ("某区关于贯彻某某条例的通知", "某区关于贯彻某某条例的通知", "规范性文件"),
    ],
)
def test_rank_is_read_from_the_head_and_not_from_a_cited_order(head: str, title: str, rank: str) -> None:
    assert rank_of(draft_of(head, title), LawCatalogue((), {})) == rank


def test_a_law_of_the_catalogue_has_the_rank_that_is_written_there() -> None:
    catalogue = LawCatalogue((Law("某某管理办法", rank="部门规章"),), {})
    assert rank_of(draft_of("第一条 总则。", "某某管理办法"), catalogue) == "部门规章"


def test_a_fine_without_an_upper_law_is_found() -> None:
    assert places("擅自占道的，由城管局处二百元罚款。", Options(any=(FINE,))) == ["处二百元罚款"]


def test_a_rank_that_may_set_fines_stays_silent() -> None:
    text = "某市人民政府令\n第12号\n第九条 擅自占道的，处二百元罚款。"
    assert places(text, Options(any=(FINE,))) == []
    assert places(text, Options(any=(FINE,), ranks=("地方政府规章",))) == ["处二百元罚款"]


def test_a_named_upper_law_keeps_the_provision_silent() -> None:
    assert (
        places("占道的，由城管局依照《市容管理条例》第三十六条处二百元罚款。", Options(any=(FINE,), ground="named"))
        == []
    )


def test_the_documents_own_title_is_no_upper_law() -> None:
    text = "违反《某区市容管理办法》的，处二百元罚款。"
    assert places(text, Options(any=(FINE,), ground="named")) == ["处二百元罚款"]


def test_a_general_reference_is_enough_only_where_the_rule_says_so() -> None:
    text = "占道的，依法处二百元罚款。"
    assert places(text, Options(any=(FINE,), ground="any")) == []
    assert places(text, Options(any=(FINE,), ground="named")) == ["处二百元罚款"]


def test_the_lead_of_a_list_gives_the_ground_for_its_items() -> None:
    text = "依照《市容管理条例》对下列行为处理：\n（一）占道的，处一百元罚款。\n（二）乱贴的，处五十元罚款。"
    assert places(text, Options(any=(FINE,), ground="named")) == []


def test_a_law_named_in_another_item_is_no_ground() -> None:
    text = "对下列行为处理：\n（一）依照《治安管理处罚法》移送；\n（二）乱贴的，处五十元罚款。"
    assert places(text, Options(any=(FINE,), ground="named")) == ["处五十元罚款"]


def test_a_statement_reaches_back_to_the_lead_but_not_past_it() -> None:
    text = "第一条 总则。\n有下列情形之一的：\n（一）甲。\n（二）乙。"
    statement = statement_of(draft_of(text), Span(text.index("乙"), text.index("乙") + 1))
    assert statement.of(text) == "有下列情形之一的：\n（一）甲。\n（二）乙。"


def test_what_the_document_forbids_is_not_what_it_sets() -> None:
    assert places("任何单位不得随意处二百元罚款。", Options(any=(FINE,))) == []


def test_a_duty_of_an_organ_is_internal_and_that_of_an_enterprise_is_not() -> None:
    options = Options(any=(DUTY,), outsider=True)
    assert places("各成员单位应当加入区志愿者协会。", options) == []
    assert places("餐饮企业应当加入区餐饮协会。", options) == ["应当加入区餐饮协会"]


def test_needs_and_exclusions_are_looked_for_in_the_whole_statement() -> None:
    text = "评审专家有下列行为的，取消资格：\n（一）泄密；\n（二）迟到的，处一百元罚款。"
    assert places(text, Options(any=(FINE,), needs=("取消资格",))) == ["处一百元罚款"]
    assert places(text, Options(any=(FINE,), unless=("取消资格",))) == []


def test_items_under_a_prohibiting_lead_are_not_set_by_the_document() -> None:
    text = "招标人不得有下列行为：\n（一）餐饮企业应当加入餐饮协会方可投标；\n（二）其他。"
    assert places(text, Options(any=(DUTY,), ground="ignored")) == []


def test_a_word_in_another_item_of_the_list_neither_excludes_nor_signals() -> None:
    text = "对下列行为处理：\n（一）因检修停业的，免予处理；\n（二）乱贴的，处五十元罚款。"
    assert places(text, Options(any=(FINE,), unless=("检修",))) == ["处五十元罚款"]
    assert places(text, Options(any=(FINE,), needs=("检修",))) == []


def test_the_preamble_of_a_notice_is_no_ground_for_its_items() -> None:
    text = "为保护环境，根据《市容管理条例》，现通告如下：\n一、占道的，处二百元罚款。"
    assert places(text, Options(any=(FINE,), ground="named")) == ["处二百元罚款"]


def test_an_inline_list_has_its_lead_too() -> None:
    text = "评审专家有下列行为的，取消资格：（一）泄密；\n（二）迟到的，处一百元罚款。"
    assert places(text, Options(any=(FINE,), needs=("取消资格",))) == ["处一百元罚款"]


def test_by_law_speaks_only_for_what_follows_it() -> None:
    assert places("逾期的，处二百元罚款并依法拆除。", Options(any=(FINE,), ground="any")) == ["处二百元罚款"]
    assert places("逾期的，依法处二百元罚款并拆除。", Options(any=(FINE,), ground="any")) == []


def test_the_legal_representative_is_no_ground() -> None:
    assert places("法定代表人不到场的，处二百元罚款。", Options(any=(FINE,), ground="any")) == ["处二百元罚款"]


def test_an_organ_that_is_paid_is_not_the_one_who_pays() -> None:
    duty = r"(?P<at>缴存[^，。；]{0,12}金)"
    text = "经营单位进场前应当向区城管局缴存每个泊位二百元的诚意金。"
    assert places(text, Options(any=(duty,), outsider=True)) == ["缴存每个泊位二百元的诚意金"]


def test_once_means_the_first_place_only() -> None:
    text = "占道的，处一百元罚款。乱贴的，处五十元罚款。"
    assert places(text, Options(any=(FINE,), once=True)) == ["处一百元罚款"]
