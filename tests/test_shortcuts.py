"""The short ways that make a review quick give what the long ways give."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.checkers import forms, pattern
from reviewer.domain import Draft, Line, Outcome, Span
from reviewer.errors import LexiconError
from reviewer.handbook import example_document
from reviewer.lexicon import CheckerForm, load, store
from reviewer.patterns import candidate_sentences
from reviewer.pipeline import Engine
from reviewer.places import LEXICONS
from reviewer.understanding.citation_tails import NUMBER, numbers_in
from reviewer.understanding.parties import _TERM, _definitions
from reviewer.understanding.sentences import sentences_of

WORDS = ("以下", "简称", "称为", "“", "”", "甲方", "(", ")", "统称", "，", "\n", "名称", "下")
ROUNDS = settings(max_examples=300, deadline=None)


@ROUNDS
@given(st.text("国办发府[〔(202 65)〕]年第号\n", max_size=40))
def test_document_numbers_found_from_their_bracket_are_all_there_are(text: str) -> None:
    text = text.replace("202", "2025")
    assert [m.span() for m in numbers_in(text)] == [m.span() for m in NUMBER.finditer(text)]


def test_the_comparison_of_document_numbers_has_something_to_compare() -> None:
    text = "根据国办发〔2018〕37号和某政发 [2020] 5 号"
    assert [m[3] for m in numbers_in(text)] == ["37", "5"]


@ROUNDS
@given(st.lists(st.sampled_from(WORDS), max_size=24))
def test_definitions_found_from_their_verb_are_all_there_are(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert [m.span() for m in _definitions(text)] == [m.span() for m in _TERM.finditer(text)]


@ROUNDS
@given(st.text("押金交付，。；\n ", max_size=60))
def test_the_sentences_with_a_literal_are_those_in_which_it_begins(text: str) -> None:
    starts = {w: tuple(i for i in range(len(text)) if text.startswith(w, i)) for w in ("押金", "交付")}
    seen = {word: at for word, at in starts.items() if at}
    draft = Draft(example_document(text), Line.CONTRACT, "", sentences=sentences_of(text), literals=seen)
    expected = [s for s in draft.sentences if any(s.start <= at < s.end for found in seen.values() for at in found)]
    assert list(candidate_sentences("押金|交付", draft)) == expected


def test_what_a_draft_told_once_is_not_asked_again_and_not_carried_to_another() -> None:
    asked: list[int] = []
    draft = Draft(example_document("甲。"), Line.CONTRACT, "", sentences=(Span(0, 2),))

    def tell() -> int:
        asked.append(1)
        return len(asked)

    assert [draft.once("n", tell), draft.once("n", tell)] == [1, 1]
    assert replace(draft, type="买卖合同").once("n", tell) == 2
    assert replace(draft, type="") == draft


SAMPLES = sorted((LEXICONS.parent / "corpus_samples").glob("*/*/*.txt"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.parent.name)
def test_rules_that_are_left_out_for_want_of_their_words_would_find_nothing(path: Path, engine: Engine) -> None:
    draft = engine.understand(engine.read(path))
    knowledge = engine.knowledge(dt.date(2026, 11, 22))
    found, outcomes = engine.check(draft, knowledge)
    all_found, all_outcomes = engine.check(replace(draft, literals=None), knowledge)
    assert found == all_found
    for left_out, asked in zip(outcomes, all_outcomes, strict=True):  # one without its words is not asked when it fits
        assert left_out == asked or (left_out.outcome, asked.outcome) == (Outcome.CLEAR, Outcome.NOT_APPLICABLE)


def test_a_rule_is_asked_where_one_of_its_words_stands() -> None:
    assert pattern.literals(pattern.Options(("押金", "定金(?:不退)"))) == {"押金", "定金不退"}
    assert pattern.literals(pattern.Options(("押金", r"\d+"))) is None  # numbers hang on no word


def test_a_cache_made_by_other_code_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = tmp_path / "checker.py"
    code.write_text("FORMS = 1\n", "utf-8")
    monkeypatch.setattr(store, "_CODE", (tmp_path,))
    before = store.signature_of([], forms())
    assert store.signature_of([], forms()) == before
    code.write_text("FORMS = 1, 2\n", "utf-8")
    assert store.signature_of([], forms()) != before


def test_a_cache_made_with_other_checkers_is_not_trusted(tmp_path: Path) -> None:
    cache = tmp_path / "lexicon.msgpack"
    assert load((LEXICONS,), forms(), cached=cache) == load((LEXICONS,), forms(), cached=cache)

    class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
        wholly: str

    with pytest.raises(LexiconError, match="wholly"):
        load((LEXICONS,), {**forms(), "pattern": CheckerForm(Options)}, cached=cache)
