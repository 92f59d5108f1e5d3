"""The reference is generated from the lexicon and kept current; every review point is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.pipeline import Engine
from reviewer.places import LEXICONS
from reviewer.reference import pages, points

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"


def test_every_review_point_has_a_rule_or_a_reason(engine: Engine) -> None:
    lost = [p.id for p in points(engine.lexicon, LEXICONS) if not p.rules and not p.needs_person]
    assert lost == []


@pytest.mark.parametrize("name", sorted(pages(Engine.load().lexicon, LEXICONS)))
def test_the_reference_is_current(engine: Engine, name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == pages(engine.lexicon, LEXICONS)[name], "run: reviewer rules reference"


def test_the_reference_shows_every_rule_with_its_law(engine: Engine) -> None:
    text = "".join(pages(engine.lexicon, LEXICONS).values())
    for rule in engine.lexicon.rules:
        assert f"`{rule.id}`" in text
        assert all(basis in text for basis in rule.basis)
