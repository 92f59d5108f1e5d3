"""Places carried from one version of a text to the next: right, or handed to a person, never wrong in silence."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import carrying as benchmark
from edited_documents import KINDS, make_pair

from reviewer.domain import Span
from reviewer.office.alignment import align, key, plain_version
from reviewer.office.carrying import Carried, Standing, carry, map_span, pieces
from reviewer.pipeline import Engine

OLD = """第一条 甲方向乙方采购设备，总价为三十万元。
第二条 乙方应在⟦三十日内⟧交付。
第三条 争议由双方协商解决。
"""


def one(old: str, new: str) -> tuple[Carried, str]:
    """The passage marked ⟦…⟧ of the old text in the new one, and the words found there."""
    start, end = old.index("⟦"), old.index("⟧") - 1
    text = old.replace("⟦", "").replace("⟧", "")
    found = carry(plain_version(text), plain_version(new), [Span(start, end)])[0]
    return found, found.span.of(new) if found.span else ""


def test_a_passage_whose_clause_was_renumbered_and_moved_is_kept() -> None:
    new = "第一条 乙方应在三十日内交付。\n第二条 争议由双方协商解决。\n第三条 甲方向乙方采购设备，总价为三十万元。\n"
    found, words = one(OLD, new)
    assert (found.standing, words) == (Standing.KEPT, "三十日内")


def test_a_reworded_passage_is_changed_with_before_and_after() -> None:
    found, words = one(OLD, OLD.replace("⟦三十日内⟧", "签订后二十日内"))
    assert found.standing is Standing.CHANGED and "二十日内" in words
    assert (found.before, found.after) == ("第二条 乙方应在三十日内交付。", "第二条 乙方应在签订后二十日内交付。")


def test_a_deleted_clause_is_gone_and_has_no_place() -> None:
    found, _ = one(OLD, "第一条 甲方向乙方采购设备，总价为三十万元。\n第二条 争议由双方协商解决。\n")
    assert (found.standing, found.span) == (Standing.GONE, None)


def test_the_same_words_in_another_clause_are_not_taken_for_the_passage() -> None:
    new = OLD.replace("⟦三十日内⟧", "六十日内").replace("协商解决", "在三十日内协商解决")
    found, words = one(OLD, new)
    assert found.standing is Standing.CHANGED and words.endswith("六十日内")


def test_repeated_paragraphs_are_told_apart_by_their_neighbours() -> None:
    old = "甲项说明文字。\n具体办法另行制定。\n乙项说明文字。\n⟦具体办法另行制定。⟧\n丙项说明文字。\n"
    new = "新增的一段文字。\n甲项说明文字。\n乙项说明文字。\n具体办法另行制定。\n丙项说明文字。\n"
    found, words = one(old, new)
    assert found.standing is Standing.KEPT and words == "具体办法另行制定。"
    assert found.span is not None and new[: found.span.start].endswith("乙项说明文字。\n")


def test_repeated_paragraphs_that_nothing_tells_apart_are_left_to_a_person() -> None:
    old = "另行约定。\n一号内容完全不同。\n⟦另行约定。⟧\n二号内容也不相同。\n"
    new = "全新的第一段在这里。\n另行约定。\n全新的第二段在那里。\n"
    found, _ = one(old, new)
    assert (found.standing, found.span) == (Standing.UNSURE, None)


def test_a_sentence_that_went_into_another_paragraph_is_found_there() -> None:
    old = "第一条 设备由乙方安装。⟦安装费用由甲方在验收后支付⟧。\n第二条 质保期为两年。\n"
    new = "第一条 设备由乙方安装。\n第二条 质保期为两年。安装费用由甲方在验收后支付。\n"
    found, words = one(old, new)
    assert (found.standing, words) == (Standing.KEPT, "安装费用由甲方在验收后支付")


def test_a_passage_over_several_paragraphs_keeps_its_ends() -> None:
    old = "开头的一段。\n⟦第一项内容在此。\n第二项内容在此。⟧\n结尾的一段。\n"
    found, words = one(old, "插入的一段话。\n" + old.replace("⟦", "").replace("⟧", ""))
    assert (found.standing, words) == (Standing.KEPT, "第一项内容在此。\n第二项内容在此。")


def test_nothing_in_the_new_text_means_a_person_must_look() -> None:
    assert one(OLD, "")[0].standing is Standing.UNSURE


def test_a_number_put_in_front_of_the_same_words_is_a_change() -> None:
    old = "第一条 受理后⟦十日内⟧作出答复。\n"
    found, words = one(old, "第一条 受理后九十日内作出答复。\n")
    assert (found.standing, words) == (Standing.CHANGED, "十日内")


@pytest.mark.parametrize(("text", "words"), [
    ("第十二条　验收", "验收"), ("3.1 付款", "付款"), ("（一）设备", "设备"), ("一、总则", "总则"),
    ("2026年度计划", "2026年度计划"),
])  # fmt: skip
def test_numbers_in_front_do_not_count_as_words(text: str, words: str) -> None:
    assert key(text) == words


def test_pieces_cover_both_texts_in_order() -> None:
    before, after = "定金为合同总价的30%，于签订时支付", "保证金为合同价的20%，于签订时一次支付"
    found = pieces(before, after)
    assert "".join(p.old.of(before) for p in found) == before
    assert "".join(p.new.of(after) for p in found) == after
    assert all(p.old.of(before) == p.new.of(after) for p in found if p.equal)


def test_words_put_beside_a_passage_do_not_become_part_of_it() -> None:
    assert map_span("应在三日内交付", "应当在三日内及时交付", Span(2, 5)).of("应当在三日内及时交付") == "三日内"


def test_no_paragraph_is_matched_twice() -> None:
    pair = make_pair("everything", 3)
    pairs = align(plain_version(pair.old), plain_version(pair.new)).pairs
    assert len(set(pairs.values())) == len(pairs) > 40


def test_edited_documents_keep_their_places(engine: Engine) -> None:
    """A part of benchmarks/carrying.py, which runs more."""
    pairs = [make_pair(kind, seed) for kind in KINDS for seed in (100, 101)]
    total = sum((benchmark.score(engine, p) for p in pairs), Counter[str]())
    assert total[benchmark.RIGHT] >= 0.95 * total.total() > 500
    assert total[benchmark.SILENT] == 0
