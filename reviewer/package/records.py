"""The records of a submission of several files."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewer.domain import Finding, Review, Span


class Role(StrEnum):
    """What a file is in the submission; the keys are part of the JSON contract."""

    MAIN = "main"
    AWARD = "award"
    TENDER = "tender"
    CONTRACT = "contract"
    EXPLANATION = "explanation"
    COMMENTS = "comments"
    GROUND = "ground"
    MATERIAL = "material"
    ATTACHMENT = "attachment"


ROLE_NAMES = {
    Role.MAIN: "送审稿",
    Role.AWARD: "中标（成交）通知书",
    Role.TENDER: "招标（采购）文件",
    Role.CONTRACT: "合同",
    Role.EXPLANATION: "起草说明",
    Role.COMMENTS: "征求意见情况",
    Role.GROUND: "依据",
    Role.MATERIAL: "其他送审材料",
    Role.ATTACHMENT: "附件",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One file: its place in the package, and its review or the reason why there is none."""

    name: str
    review: Review | None = None
    role: Role = Role.ATTACHMENT
    materials: tuple[str, ...] = ()  # keys of the line's materials that it may be: letter, first_opinion …
    path: Path | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Words in one of the files."""

    file: str
    span: Span
    where: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class CrossFinding:
    """A finding on the words of one file against those of others."""

    file: str
    finding: Finding
    against: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class PackageReview:
    """The main text first, then the members by role and name. `notes` are for a person to see to."""

    name: str
    reviewed_on: dt.date
    members: tuple[Member, ...]
    findings: tuple[CrossFinding, ...]
    notes: tuple[str, ...]
