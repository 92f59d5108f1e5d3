"""Rules, findings and the review."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reviewer.domain.draft import Draft
from reviewer.domain.text import Contents, Span, fold


class Severity(StrEnum):
    ILLEGAL = "illegal"
    RISK = "risk"
    ADVICE = "advice"


class Aspect(StrEnum):
    AUTHORITY = "权限"
    PROCEDURE = "程序"
    CONTENT = "内容"
    TEXT = "文字"


class Outcome(StrEnum):
    """How each rule of the line ended."""

    FOUND = "found"
    CLEAR = "clear"
    NOT_APPLICABLE = "not_applicable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class When:
    """A precondition on the whole draft, as folded-text regular expressions; else the rule is NOT_APPLICABLE."""

    any: tuple[str, ...] = ()  # at least one must be found
    none: tuple[str, ...] = ()  # none may be found
    title: tuple[str, ...] = ()  # at least one must be found in the title
    minimum_characters: int = 0


@dataclass(frozen=True)
class Rule:
    """审查规则. `options` is the checker's own Options record."""

    id: str
    line: str  # a Line or "common"
    title: str
    category: str
    checker: str
    options: Any  # the Options record of the checker
    severity: Severity
    message: str
    suggestion: str
    basis: tuple[str, ...]
    when: When = When()
    types: tuple[str, ...] = ()  # empty: every type of the line
    status: str = "active"  # trial | active | retired
    in_citations: bool = False
    unverified_basis: bool = False  # 依据待核
    group: str = ""  # small findings of the rules of one group become one finding that lists them all
    points: tuple[str, ...] = ()  # ids of the review points that the rule covers (C-001, N-012 …)
    hit: tuple[str, ...] = ()  # 命中例, with the places marked ⟦…⟧
    clean: tuple[str, ...] = ()  # 放行例


@dataclass(frozen=True)
class Match:
    """What a checker saw. `values` fill the {…} of the rule's message and suggestion."""

    span: Span
    values: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    confidence: float = 0.9
    edit: str | None = None  # exact replacement of the span
    clause: str | None = None  # the missing key, for missing_clause
    severity: Severity | None = None  # where the checker knows better than the rule
    basis: tuple[str, ...] = ()  # in addition to the rule's


@dataclass(frozen=True)
class Finding:
    """审查意见（逐条）."""

    rule: str
    category: str
    aspect: str
    severity: Severity
    span: Span
    where: str
    excerpt: str
    title: str
    message: str
    suggestion: str
    edit: str | None
    basis: tuple[str, ...]
    unverified_basis: bool
    confidence: float
    because: str
    clause: str | None
    fingerprint: str
    also_at: tuple[Span, ...] = ()  # further places of the same defect
    category_name: str = ""  # 主体资格, 越权设定 … from lexicons/categories.yaml
    minor: bool = False  # 次要提示: told after the others, beyond what is read at one go

    @property
    def id(self) -> str:
        return self.fingerprint


def fingerprint(rule: str, path: str, excerpt: str, occurrence: int = 0) -> str:
    """16 hex digits of rule, place and folded words: a person's disposition survives a re-run."""
    key = "\x1f".join((rule, path, "".join(fold(excerpt).split()), str(occurrence)))
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class RuleOutcome:
    rule: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True)
class Coverage:
    """审查覆盖回执: what was checked, what was skipped, what could not be read."""

    characters: int
    contents: Contents
    citations: int
    citations_resolved: int
    citations_unknown: tuple[str, ...]  # titles not in the catalogue: not checked, not "wrong"
    rules: Mapping[str, int]  # outcome → count
    not_checked: tuple[str, ...]  # sentences that a person must read
    complete: bool


@dataclass(frozen=True)
class ScoreLine:
    reason: str
    points: float


@dataclass(frozen=True)
class Score:
    """合法性评分 out of 100, or None when the document could not be checked well enough to score."""

    value: int | None
    grade: str
    lines: tuple[ScoreLine, ...] = ()


@dataclass(frozen=True)
class Versions:
    reviewer: str
    lexicon: str
    laws: str
    model: str
    segmenter: str


@dataclass(frozen=True)
class Review:
    """机审结果: same input, lexicon, model and review date give byte-identical findings."""

    draft: Draft
    reviewed_on: dt.date
    findings: tuple[Finding, ...]
    outcomes: tuple[RuleOutcome, ...]
    coverage: Coverage
    score: Score
    versions: Versions
    warnings: tuple[str, ...] = ()
