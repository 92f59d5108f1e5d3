"""Patterns made of their compiled code are those that Python compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewer import patterns
from reviewer.checkers import forms
from reviewer.lexicon import load
from reviewer.pattern_code import Codes, code_of, made_of
from reviewer.places import LEXICONS

KINDS = (
    "违约金",
    r"(?P<at>逾期[^。；\n]{0,20}(?:违约金|滞纳金))",
    r"(?P<项>[一-龥]{2,6})、(?P=项)(?=[、，。]|$)",
    r"(?<![甲乙])方(?!案)",
    r"(?i:page)\s*\d+",
    r"\d+(?:\.\d+)?[%％‰]|百分之[一二三四五六七八九十]++",
    r"(?>甲方|乙方)|[^\W\d_]+",
    "[\U00020000-\U0002a6df]|[^\u4e00-\u9fff]",
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cache") / "lexicon.msgpack"
    load((LEXICONS,), forms(), cached=path)
    return path


@pytest.mark.parametrize("pattern", KINDS)
def test_a_pattern_made_of_its_code_equals_the_compiled_one(pattern: str) -> None:
    made, compiled = made_of(code_of(pattern)), re.compile(pattern)
    assert made == compiled  # compares the code, the flags and the text
    assert (made.flags, made.groups, made.groupindex) == (compiled.flags, compiled.groups, compiled.groupindex)


def test_groups_of_a_pattern_made_of_its_code_have_their_names() -> None:
    found = made_of(code_of(KINDS[2])).search("设备、设备，")
    assert found is not None
    assert (found.lastgroup, found.groupdict()) == ("项", {"项": "设备"})


@pytest.mark.parametrize("wrong", [b"", b"\x93\x01", b"\x95\xa1a\x20\x00\x80\xc4\x04\xff\xff\xff\xff"])
def test_what_is_no_code_is_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="不是编译好的正则表达式"):
        made_of(wrong)


def test_every_pattern_of_the_shipped_lexicon_is_kept_as_python_compiles_it(cache: Path) -> None:
    lexicon = load((LEXICONS,), forms(), cached=cache)
    (kept,) = patterns._CODES
    own = [p for rule in lexicon.rules for p in (*rule.when.any, *rule.when.none, *rule.when.title)]
    own += [p for line in lexicon.lines.values() for kind in line.types for p in (*kind.title, *kind.body)]
    assert not [p for p in own if kept.get(p) is None]
    sample = list(kept.numbers)[::20]
    assert len(sample) > 200
    different = [p for p in sample if made_of(kept.get(p) or b"") != re.compile(patterns.fold_pattern(p))]
    assert not different


def test_without_the_code_the_lexicon_is_built_again(cache: Path) -> None:
    (code,) = cache.parent.glob("*.codes")
    whole = code.read_bytes()
    code.write_bytes(whole[:-1])  # not all of it was written
    load((LEXICONS,), forms(), cached=cache)
    assert code.read_bytes() == whole


def test_spoilt_code_costs_only_time() -> None:
    before = patterns._CODES[:]
    pattern = "逾期付款[^。]{3,7}违约金"
    patterns.remember_codes(Codes({pattern: 0}, [3], b"\x00\x01\x02"))
    try:
        assert patterns.compiled(pattern) == re.compile(pattern)
    finally:
        patterns._CODES[:] = before
