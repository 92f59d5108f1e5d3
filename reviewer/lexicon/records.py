"""What the lexicon holds: categories, terms, clauses, rules, and what checkers may consult beside a draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reviewer.domain import Aspect, BusinessLine, ClauseKind, Draft, Line, Rule, Severity, Span
from reviewer.laws import LawCatalogue

STATUSES = ("trial", "active", "retired")
COMMON = "common"


@dataclass(frozen=True, slots=True)
class Category:
    key: str
    name: str
    aspect: Aspect
    always: Severity | None = None  # 必列: from this severity on never a 次要提示


@dataclass(frozen=True, slots=True)
class Term:
    """敏感词 or 规范用语 with its synonyms; `unless` are contexts (patterns) in which it is harmless."""

    term: str
    synonyms: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    instead: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        return (self.term, *self.synonyms)


@dataclass(frozen=True, slots=True)
class Theme:
    name: str
    title: str
    terms: tuple[Term, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that a contract or document needs: what supplies it, where it belongs, how to word it."""

    key: str
    name: str
    words: tuple[str, ...]  # patterns: any of them supplies the clause
    headings: tuple[str, ...] = ()  # patterns on the headings of provisions
    kinds: tuple[str, ...] = ()  # clause kinds of the trained classifier that supply it
    elsewhere: tuple[str, ...] = ()  # patterns: supplied by an annex or another document
    after: tuple[str, ...] = ()  # headings or words after which it belongs, best first
    model: str = ""  # a clause in our own words


@dataclass(frozen=True)
class Lexicon:
    categories: Mapping[str, Category]
    lines: Mapping[Line, BusinessLine]
    themes: Mapping[str, Theme]
    clauses: Mapping[str, Clause]
    rules: tuple[Rule, ...]
    version: str
    literals: tuple[str, ...] = ()  # everything that one scan of a text must look for

    def rules_for(self, line: Line) -> Iterator[Rule]:
        return (r for r in self.rules if r.line in (line, COMMON) and r.status != "retired")

    def rule(self, rule_id: str) -> Rule | None:
        return next((r for r in self.rules if r.id == rule_id), None)


@dataclass(frozen=True)
class Knowledge:
    """What checkers may consult beside the draft and their options."""

    lexicon: Lexicon
    catalogue: LawCatalogue
    on: dt.date  # the law in force on this day decides
    is_word: Callable[[str, int, int], bool]  # does text[start:end] begin and end at word boundaries?
    clause_kinds: Callable[[Draft], tuple[ClauseKind, ...]] | None = field(default=None)  # asked only when needed
    clause_words: Callable[[Draft, ClauseKind], tuple[str, ...]] | None = field(default=None)  # that spoke for a kind
    slips: Callable[[str], Iterator[tuple[Span, str, str]]] | None = field(default=None)  # place, as written, as meant
    law_texts: Mapping[str, Mapping[int, str]] = field(default_factory=dict)  # title → article → text, as imported


@dataclass(frozen=True, slots=True)
class CheckerForm:
    """What the loader must know of a checker: its Options record and the patterns and words it looks for."""

    options: type[Any]
    literals: Callable[[Any], frozenset[str] | None] | None = None  # any match needs one of them; None: not known
    patterns: tuple[str, ...] = ()  # its own, that it looks for in whole texts through reviewer.patterns
