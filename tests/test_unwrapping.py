"""Paragraphs that were broken at a fixed width come back whole; other texts stay as they are."""

from __future__ import annotations

from reviewer.readers.unwrapping import paragraphs

_WIDTH = 36  # ideographs
_PROSE = (
    "存货方应当在货物入库以前把货物的名称、数量、包装和保管条件书面告知保管方，保管方按照约定的条件保管货物，"
    "发现货物有变质、损坏或者其他危险的，应当立即通知存货方处置，并采取必要的措施防止损失扩大，因此发生的合理费用由"
    "存货方承担，货物在保管期间因保管不善毁损、灭失的，保管方赔偿损失。"
)


def _broken(text: str) -> list[str]:
    return [text[i : i + _WIDTH] for i in range(0, len(text), _WIDTH)]


def test_a_paragraph_broken_at_one_width_is_put_together() -> None:
    lines = ["保管合同", *_broken(_PROSE), *_broken(_PROSE), *_broken(_PROSE), "存货方：", "保管方："]
    assert list(paragraphs(lines)) == ["保管合同", _PROSE, _PROSE, _PROSE, "存货方：", "保管方："]


def test_a_numbered_clause_and_an_indented_line_begin_a_new_paragraph() -> None:
    full = _broken(_PROSE)[0]
    lines = [*_broken(_PROSE) * 3, full, "第二条　保管费按月结算。", full, "　　货物由存货方自行提取。"]
    assert list(paragraphs(lines))[3:] == [full, "第二条　保管费按月结算。", full, "　　货物由存货方自行提取。"]


def test_lines_of_different_lengths_stay_as_they_are() -> None:
    lines = [_PROSE[: 30 + 3 * n] for n in range(10)]
    assert list(paragraphs(lines)) == lines


def test_form_lines_with_columns_side_by_side_are_never_joined() -> None:
    lines = ["存货方：＿＿＿＿＿＿＿＿＿＿　　　　　　保管方：＿＿＿＿＿＿＿＿＿＿＿"] * 8
    assert list(paragraphs(lines)) == lines


def test_a_text_with_whole_paragraphs_is_not_taken_for_broken() -> None:
    lines = [*_broken(_PROSE)[:1] * 7, _PROSE, _PROSE, _PROSE]
    assert list(paragraphs(lines)) == lines
