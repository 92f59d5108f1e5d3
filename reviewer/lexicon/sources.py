"""The forms in which the lexicon's files are written, and the marks of examples."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from reviewer.domain import Line, Severity, Span
from reviewer.lexicon.records import Term

OPEN, CLOSE = "⟦", "⟧"


class WhenSource(msgspec.Struct, forbid_unknown_fields=True):
    any: list[str] = []
    none: list[str] = []
    title: list[str] = []
    minimum_characters: int = 0


class RuleSource(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    checker: str
    severity: Severity
    message: str
    suggestion: str
    options: dict[str, Any] = {}
    basis: list[str] = []
    when: WhenSource = msgspec.field(default_factory=WhenSource)
    types: list[str] = []
    status: str = "active"
    in_citations: bool = False
    unverified_basis: bool = False
    group: str = ""
    points: list[str] = []
    hit: list[str] = []
    clean: list[str] = []


class ThemeSource(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    terms: list[Term]
    unless: list[str] = []


class ClauseSource(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    words: list[str]
    headings: list[str] = []
    kinds: list[str] = []
    elsewhere: list[str] = []
    after: list[str] = []
    model: str = ""


class TypeSource(msgspec.Struct, forbid_unknown_fields=False):
    name: str
    title: list[str] = []
    body: list[str] = []


class LineSource(msgspec.Struct, forbid_unknown_fields=False):  # the office reads further keys of the same file
    line: Line
    name: str
    review_name: str
    types: list[TypeSource]


def parse_example(text: str) -> tuple[str, tuple[Span, ...]]:
    """`处⟦罚款⟧` → the text without marks and the marked spans; ValueError when the marks do not pair."""
    out, spans, start = "", [], None
    for piece in re.split(f"([{OPEN}{CLOSE}])", text):
        if piece == OPEN and start is None:
            start = len(out)
        elif piece == CLOSE and start is not None:
            spans.append(Span(start, len(out)))
            start = None
        elif piece in (OPEN, CLOSE):
            raise ValueError("⟦ 与 ⟧ 没有成对")
        else:
            out += piece
    if start is not None:
        raise ValueError("⟦ 与 ⟧ 没有成对")
    return out, tuple(spans)
