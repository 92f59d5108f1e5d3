"""The five lines of legality review and the types of documents that each reviews."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Line(StrEnum):
    CONTRACT = "contract"
    NORMATIVE = "normative"
    DECISION = "decision"
    ENFORCEMENT = "enforcement"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A contract or document type; `title` and `body` are folded-text regular expressions that speak for it."""

    name: str
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BusinessLine:
    """业务条线, as lexicons/lines/<line>.yaml describes it; the first type is the one to fall back on."""

    line: Line
    name: str  # 政府合同
    review_name: str  # the official name of the review: 合法性审查, 法制审核, 合法性审核
    types: tuple[DocumentType, ...]
