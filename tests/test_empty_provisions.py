"""Articles that are a heading and nothing more are seen; tables of contents, lists and short clauses are not."""

from __future__ import annotations

import re
from pathlib import Path

from reviewer.pipeline import Engine


def _places(engine: Engine, text: str, tmp_path: Path, rule: str) -> list[str]:
    path = tmp_path / "contract.txt"
    path.write_text("苗木买卖合同\n甲方：某区园林所\n乙方：青山苗圃\n" + text, encoding="utf-8")
    return [re.sub(r"\s", "", f.excerpt) for f in engine.review_file(path).findings if f.rule == rule]


def test_an_article_without_text_and_an_empty_breach_clause_are_two_findings(engine: Engine, tmp_path: Path) -> None:
    text = "一、甲方向乙方购买香樟二十株。\n二、交货的时间和地点：\n三、违约责任：\n四、货款分两次付清。\n"
    assert _places(engine, text, tmp_path, "contract/blank/article-without-text") == ["二、交货的时间和地点："]
    assert _places(engine, text, tmp_path, "contract/liability/breach-clause-left-empty") == ["三、违约责任："]


def test_room_to_write_in_counts_as_empty_only_in_the_breach_clause(engine: Engine, tmp_path: Path) -> None:
    text = "一、甲方购买香樟。\n二、交货时间____________\n三、违约责任____________\n四、货款分两次付清。\n"
    assert _places(engine, text, tmp_path, "contract/blank/article-without-text") == []
    assert len(_places(engine, text, tmp_path, "contract/liability/breach-clause-left-empty")) == 1


def test_a_table_of_contents_and_an_article_with_items_stay_silent(engine: Engine, tmp_path: Path) -> None:
    headings = "一、标的\n二、交货时间\n三、违约责任\n"
    contents = headings + "一、标的\n香樟二十株。\n二、交货时间\n三月底前。\n三、违约责任\n逾期的赔偿损失。\n"
    items = "一、甲方购买香樟。\n二、违约责任：\n（一）逾期的，每日支付万分之五的违约金。\n三、货款分两次付清。\n"
    for text in (contents, items):
        assert _places(engine, text, tmp_path, "contract/liability/breach-clause-left-empty") == []
        assert _places(engine, text, tmp_path, "contract/blank/article-without-text") == []


def test_an_arabic_number_needs_the_colon(engine: Engine, tmp_path: Path) -> None:
    rule = "contract/blank/article-without-text"
    bare = "1．香樟苗木的质量要求：\n2．苗木由乙方送到甲方苗圃。\n3．货款分两次付清。\n"
    listed = "1．苗木的质量检验\n2．苗木的运输方式；\n3．货款分两次付清。\n"
    assert _places(engine, bare, tmp_path, rule) == ["1．香樟苗木的质量要求："]
    assert _places(engine, listed, tmp_path, rule) == []


def test_headings_with_a_stop_are_empty_only_where_they_make_a_skeleton(engine: Engine, tmp_path: Path) -> None:
    rule = "contract/blank/article-without-text"
    topics = ["工程质量", "工期延误", "设计变更", "竣工验收", "工程保险", "安全施工"]
    skeleton = "".join(f"第{n}条　{topic}。\n" for n, topic in zip("一二三四五六", topics, strict=True))
    assert len(_places(engine, skeleton + "第七条　价款十万元。\n", tmp_path, rule)) >= 1
    short = "第一条　质量合格。\n第二条　运输安全。\n第三条　价款十万元。\n"
    assert _places(engine, short, tmp_path, rule) == []
