"""The loader is strict: every mistake is a sentence with the file, the problem and what is allowed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from reviewer.checkers import forms
from reviewer.domain import Span
from reviewer.errors import LexiconError
from reviewer.lexicon import Lexicon, load, parse_example
from reviewer.places import LEXICONS

RULE = """
too-late:
  title: 付款太晚
  checker: pattern
  options: {any: [六个月后付款]}
  severity: risk
  message: 付款太晚
  suggestion: 提前付款
  hit: [甲方⟦六个月后付款⟧。]
  clean: [甲方三十日内付款。]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An office's own lexicon folder with one rule."""
    path = tmp_path / "own" / "rules" / "contract" / "payment.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(RULE, encoding="utf-8")
    return tmp_path / "own"


def loaded(own: Path) -> Lexicon:
    return load((LEXICONS, own), forms())


def change(own: Path, old: str, new: str) -> None:
    path = own / "rules" / "contract" / "payment.yaml"
    assert old in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_an_office_adds_a_rule_in_a_folder_of_its_own(own: Path) -> None:
    rule = loaded(own).rule("contract/payment/too-late")
    assert rule is not None
    assert rule.category == "payment"


def test_an_office_replaces_a_rule_by_its_id(own: Path) -> None:
    shipped = load((LEXICONS,), forms()).rule("contract/payment/paid-when-paid")
    assert shipped is not None
    change(own, "too-late", "paid-when-paid")
    replaced = loaded(own).rule("contract/payment/paid-when-paid")
    assert replaced is not None
    assert replaced.title == "付款太晚" != shipped.title


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{any: [六个月后付款]}", "{any_off: [六个月]}", "检查器 pattern 不认识选项 any_off，可用：any、needs"),
        ("checker: pattern", "checker: patern", "检查器 patern 不存在，可用："),
        ("severity: risk", "severity: high", "severity"),
        ("title: 付款太晚", "titel: 付款太晚", "不认识的键 titel，可用：title"),
        ("  message: 付款太晚\n", "", "缺少必填的键 message"),
        ("any: [六个月后付款]", "any: ['六个月(后付款']", "正则表达式“六个月(后付款”有误"),
        ("甲方⟦六个月后付款⟧。", "甲方⟦六个月后付款。", "没有成对"),
        ("too-late:", "too-late: {}\ntoo-late:", "重复出现"),
        ("  severity: risk", "  types: [买卖合同]\n  severity: risk", "类型 types 买卖合同 不存在，可用："),
        ("too-late:\n  title", "too-late:\n title: 一\n  title", "不是合法的 YAML"),
    ],
)
def test_a_mistake_is_told_with_the_file_and_what_is_allowed(own: Path, old: str, new: str, told: str) -> None:
    change(own, old, new)
    with pytest.raises(LexiconError) as error:
        loaded(own)
    assert told in str(error.value)
    assert "payment.yaml" in str(error.value)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="不存在"):
        load((tmp_path / "无此目录",), forms())


def test_the_cache_gives_the_same_lexicon_and_notices_a_change(own: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.msgpack"
    first = load((LEXICONS, own), forms(), cached=cache)
    assert cache.stat().st_size > 0
    assert load((LEXICONS, own), forms(), cached=cache) == first
    change(own, "付款太晚", "付款过晚")
    os.utime(own / "rules" / "contract" / "payment.yaml", (1, 1))
    rule = load((LEXICONS, own), forms(), cached=cache).rule("contract/payment/too-late")
    assert rule is not None
    assert rule.title == "付款过晚"


def test_a_broken_cache_is_not_trusted(own: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.msgpack"
    cache.write_bytes(b"\x00junk")
    assert load((LEXICONS, own), forms(), cached=cache).rule("contract/payment/too-late") is not None


def test_an_unwritable_cache_costs_only_time(own: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    shutil.copy(own / "rules" / "contract" / "payment.yaml", blocked)
    assert load((LEXICONS, own), forms(), cached=blocked / "cache.msgpack").rules


def test_example_marks_become_spans() -> None:
    assert parse_example("处⟦罚款⟧，并⟦停业⟧") == ("处罚款，并停业", (Span(1, 3), Span(5, 7)))


def test_a_pattern_that_only_draws_a_warning_is_an_error_too(own: Path) -> None:
    change(own, "[六个月后付款]", "['5[-~～]10元']")  # folding doubles the ~ of the class
    with pytest.raises(LexiconError, match="too-late：正则表达式"):
        loaded(own)


def test_a_category_that_is_always_told_says_from_which_severity_on(tmp_path: Path) -> None:
    folder = tmp_path / "词库"
    folder.mkdir()
    (folder / "categories.yaml").write_text("blank: {name: 空白待填, aspect: text, always: true}\n", "utf-8")
    with pytest.raises(LexiconError, match="blank：always 可用：illegal、risk、advice"):
        load((LEXICONS, folder), forms())
