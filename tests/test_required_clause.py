"""When a clause counts as supplied, and where a missing one belongs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from reviewer.checkers import required_clause
from reviewer.checkers.required_clause import Options
from reviewer.domain import Block, Document, Draft, Level, Line, Match, Provision, Span
from reviewer.laws import LawCatalogue
from reviewer.lexicon import Clause, Knowledge, Lexicon
from reviewer.understanding.sentences import sentences_of

CLAUSE = Clause(
    key="dispute", name="争议解决", words=("仲裁|人民法院",), headings=("争议",), elsewhere=("争议[^。]{0,9}见附件",),
    after=("违约责任", "(?:甲方)[:：]"), model="向有管辖权的人民法院起诉。",
)  # fmt: skip
CONTRACT = """供货合同
甲方：青山馆
第一条 标的。供应书架，违约责任见第三条。
第二条 违约责任。逾期的付违约金。另赔损失。
第三条 份数。一式二份。"""


def draft_of(text: str) -> Draft:
    """A contract whose articles are the lines that begin with 第."""
    provisions, blocks, at = [], [], 0
    for line in text.split("\n"):
        span = Span(at, at + len(line))
        blocks.append(Block(span))
        if line.startswith("第"):
            provisions.append(Provision(Level.ARTICLE, None, line[:3], line[4:].split("。")[0], span, line[:3]))
        at += len(line) + 1
    document = Document("例", "", "txt", text, tuple(blocks))
    return Draft(document, Line.CONTRACT, "通用合同", provisions=tuple(provisions), sentences=sentences_of(text))


def found_in(text: str, clause: Clause = CLAUSE, title: str = "") -> list[tuple[str, Match]]:
    lexicon = Lexicon({}, {}, {}, {clause.key: clause}, (), "")
    knowledge = Knowledge(lexicon, LawCatalogue((), {}), dt.date(2026, 11, 21), lambda *_: True)
    draft = replace(draft_of(text), title=title)
    matches = required_clause.find(draft, Options(clause=clause.key), knowledge)
    return [(m.span.of(text), m) for m in matches]


def test_a_missing_clause_is_reported_once_with_its_key_and_model() -> None:
    [(_, match)] = found_in(CONTRACT)
    assert match.clause == "dispute"
    assert match.values == {"要素": "争议解决", "示范条款": "向有管辖权的人民法院起诉。"}


def test_a_supplement_need_not_repeat_the_contract_that_it_supplements_but_must_be_signed() -> None:
    signature = replace(CLAUSE, key="signature", words=("盖章",))

    assert found_in(CONTRACT, title="供货合同补充协议") == []
    assert len(found_in(CONTRACT, signature, title="供货合同补充协议")) == 1
    assert len(found_in(CONTRACT, title="供货合同")) == 1


def test_it_belongs_after_the_provision_that_opens_with_its_neighbour_not_one_that_mentions_it() -> None:
    [(place, _)] = found_in(CONTRACT)
    assert place == "另赔损失。"


def test_a_neighbour_in_the_head_counts_only_at_the_beginning_of_a_line() -> None:
    text = CONTRACT.replace("违约责任", "其他责任")
    [(place, _)] = found_in(text)
    assert place == "甲方：青山馆"
    [(place, _)] = found_in(text.replace("\n甲方：", "\n由甲方："))
    assert place == "一式二份。"


def test_words_a_heading_or_an_annex_supply_the_clause() -> None:
    assert found_in(CONTRACT + "\n第四条 其他。由人民法院管辖。") == []
    assert found_in(CONTRACT + "\n第四条 争议。另行商量。") == []
    assert found_in(CONTRACT + "\n第四条 其他。争议的处理见附件二。") == []


def test_an_order_under_a_general_contract_and_a_form_lack_nothing() -> None:
    assert found_in(CONTRACT + "\n第四条 其他。双方按总合同的规定办理。") == []
    assert found_in(CONTRACT + "\n第四条 其他。双方另签总合同。") != []


def test_what_the_general_conditions_say_is_not_missing_from_the_agreement_alone() -> None:
    papers = CONTRACT + "\n下列文件构成合同：\n（1）中标通知书；\n（2）通用合同条款；"
    signature = replace(CLAUSE, key="signature", words=("盖章",))

    assert found_in(papers) == []
    assert len(found_in(papers, signature)) == 1
    assert len(found_in(papers + "\n第二部分 通用合同条款\n词语定义。")) == 1


def test_the_model_speaks_of_the_parties_as_the_text_does() -> None:
    model = "向甲方所在地的人民法院起诉，乙方应诉。"
    named = CONTRACT.replace("甲方：青山馆", "买方：青山馆，卖方：东湖社")

    [(_, match)] = found_in(named, replace(CLAUSE, model=model))
    assert match.values["示范条款"] == "向买方所在地的人民法院起诉，卖方应诉。"
    [(_, match)] = found_in(CONTRACT, replace(CLAUSE, model=model))
    assert match.values["示范条款"] == model
