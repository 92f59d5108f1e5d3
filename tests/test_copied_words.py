"""Words left behind by copying: said twice in a row, bodies renamed in passing, numbers that begin too late."""

from __future__ import annotations

import datetime as dt

import pytest

from reviewer.checkers import near_terms, repeated_words, self_name, tiers, titles_alike
from reviewer.domain import Block, Document, Draft, Line, Parts, Span
from reviewer.laws import LawCatalogue
from reviewer.lexicon import Knowledge, Lexicon
from reviewer.understanding.sentences import sentences_of

KNOWLEDGE = Knowledge(Lexicon({}, {}, {}, {}, (), ""), LawCatalogue((), {}), dt.date(2026, 11, 21), lambda *_: True)


def draft_of(text: str, title: str = "某县某某通告") -> Draft:
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(Block(Span(start, start + len(line))))
        start += len(line) + 1
    document = Document("例", "0" * 64, "txt", text, tuple(blocks))
    parts = Parts(title=Span(0, len(title)) if text.startswith(title) else None)
    return Draft(document, Line.NORMATIVE, "规范性文件", title=title, parts=parts,
                 sentences=sentences_of(document.folded))  # fmt: skip


def twice(text: str) -> list[str]:
    options = repeated_words.Options(pairs=("位于", "应当"))
    return [m.values["词"] for m in repeated_words.find(draft_of(text), options, KNOWLEDGE)]


def test_a_phrase_of_three_characters_or_more_said_twice_is_told_once() -> None:
    assert twice("你公司上述行为上述行为违反了规定，厂房位于位于镇上。") == ["上述行为", "位于"]


@pytest.mark.parametrize(
    "text",
    [
        "申请日期：年月日年月日",
        "一户一户地核实，一笔一笔地登记",
        "促进委员会仲裁委员会仲裁",
        "研究研究再说",
        "或两项或两项以上轻微过失",
    ],
)
def test_dates_to_fill_in_measured_speech_and_nested_names_are_left_alone(text: str) -> None:
    assert twice(text) == []


def bodies(text: str) -> list[str]:
    return [m.values["此处"] for m in near_terms.find(draft_of(text), near_terms.Options(look="bodies"), KNOWLEDGE)]


def test_a_body_that_loses_a_word_of_its_name_is_told_at_the_later_place() -> None:
    text = "由平江县生态环境保护综合执法大队调查。\n平江县生态环境综合执法大队制作笔录。"
    assert bodies(text) == ["平江县生态环境综合执法大队"]


def test_bodies_of_two_fields_or_two_places_are_not_one() -> None:
    assert bodies("平江县综合执法大队和平江县交通综合执法大队。\n岳阳市防汛指挥部、平江县防汛抗旱指挥部。") == []


def test_a_public_notice_that_calls_itself_a_circular_is_told() -> None:
    text = "某县某某通告\n一、违反本通告的，予以劝阻。\n二、请自觉遵守本通知的规定。\n三、本通告自发布之日起施行。"
    found = self_name.find(draft_of(text), self_name.Options(), KNOWLEDGE)
    assert [m.values["自称"] for m in found] == ["本通知"]


def test_steps_in_ten_thousands_with_the_limit_in_brackets_leave_a_gap() -> None:
    text = "1000万元（含1000万元）以下的按三档；1001万—2000万元的按二档；2001万—3000万元的按一档。"
    found = [m.values["问题"] for m in tiers.find(draft_of(text), tiers.Options(), KNOWLEDGE)]
    assert found == ["有空档，落在其中的情形没有规定"] * 2


def test_a_title_in_other_quotation_marks_is_the_same_title() -> None:
    text = "关于印发某县“一件事”工作细则的通知\n某县“一件事\"工作细则\n第一条 为了规范工作，制定本细则。"
    title = "关于印发某县“一件事”工作细则的通知"
    assert not list(titles_alike.find(draft_of(text, title), titles_alike.Options(look="issued"), KNOWLEDGE))
